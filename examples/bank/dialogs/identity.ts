import { type DialogContext, dialog, type Slot, slot } from '@colloquy/core'
import type { Bank } from '../bank.js'
import { askBorn, born } from './parts.js'

/**
 * Opens an identity check. One dialog for two intents: who has tried in vain is asked what went wrong first. Its code is also
 * the proof that makes one person of two, where somebody brings it along on another channel.
 */
export const identity = (bank: Bank) =>
  dialog({
    name: 'identity',
    title: (intent) => (intent === 'verify_my_identity' ? 'Verify my identity' : 'My identity check does not work'),
    start: ['verify_my_identity', 'unable_to_verify_identity'],
    slots: {
      trouble: slot.choice(
        [
          { value: 'photo', label: 'The photo is refused', synonyms: ['photo', 'picture', 'selfie', 'blurry'] },
          { value: 'name', label: 'The name does not match', synonyms: ['name'] },
          { value: 'hangs', label: 'The app hangs', synonyms: ['crash', 'crashes', 'stuck', 'error'] },
        ],
        { ask: 'What goes wrong when you try?', label: 'problem' },
      ),
      document: slot.choice(
        [
          { value: 'passport', label: 'Passport' },
          { value: 'licence', label: 'Driving licence', synonyms: ['licence', 'license', 'driving license'] },
          { value: 'identity card', label: 'National identity card', synonyms: ['ID card', 'national ID'] },
          { value: 'code', label: 'I have a code already', synonyms: ['code'] },
        ],
        { ask: 'Which document will you use?' },
      ),
      code: slot.pattern(/\bID-\d{9}\b/i, {
        ask: 'What is the code? It looks like ID-123456789.',
        invalid: 'That is not such a code.',
        pii: true,
      }),
      born: born('What is your date of birth, as in that document (DD/MM/YYYY)?'),
    },
    async run(d) {
      if (d.intent === 'unable_to_verify_identity') {
        const trouble = await d.ask('trouble')
        if (trouble === 'name') return d.open('edit_personal_details')
        if (trouble === 'photo')
          d.say('Lay the document flat, in daylight and without flash, with all four corners in the picture.')
        else d.say('Please update the app and switch off any VPN. A new check often helps.')
      } else d.say('You need one document with your photo, and about three minutes.')

      const document = await d.ask('document')
      if (document === 'code') return connect(d, bank)
      const birth = await askBorn(d)
      if (!(await d.confirm('sure', 'Shall I open an identity check for you?')))
        return d.stop('All right, come back when it suits you.')
      const done = await d.commit('check', { document, born: birth }, (papers, once) =>
        bank.checkIdentity(d.person, papers, once.key),
      )
      if ('refused' in done) return d.stop(done.refused)
      d.say(`Type the code **${done.code}** under **Profile → Identity**. The result is there within ten minutes.`)
      d.say(
        'Where else you write to us, say "verify my identity by code" and give that code: I know you there as well then.',
      )
    },
  })

async function connect(d: DialogContext<{ code: Slot<string> }>, bank: Bank): Promise<void> {
  const code = (await d.ask('code')).toUpperCase()
  const other = await d.step('whose', code, (given) => bank.whose(given))
  if (!other) return d.askAgain('code', 'I do not know that code.')
  await d.commit('connect', other, (one, once) => bank.connect(d.person, one, once.key))
  await d.link(other)
  d.say('Thank you: I know you here as well now, and need not ask again what you have told me there.')
}
