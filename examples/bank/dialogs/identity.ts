import { dialog, slot } from '@colloquy/core'
import type { Bank } from '../bank.js'
import { askBorn, born } from './parts.js'

/** Opens an identity check. One dialog for two intents: who has tried in vain is asked what went wrong first. */
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
          { value: 'identity card', label: 'National identity card', synonyms: ['ID card', 'national ID', 'ID'] },
        ],
        { ask: 'Which document will you use?' },
      ),
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
      const birth = await askBorn(d)
      if (!(await d.confirm('sure', 'Shall I open an identity check for you?')))
        return d.stop('All right, come back when it suits you.')
      const done = await d.commit('check', { document, born: birth }, (papers, once) =>
        bank.checkIdentity(d.person, papers, once.key),
      )
      if ('refused' in done) return d.stop(done.refused)
      d.say(`Type the code **${done.code}** under **Profile → Identity**. The result is there within ten minutes.`)
    },
  })
