import { describe, expect, test } from 'vitest'
import { bank, down, FAILED, talk, YES_NO } from './talk.js'

describe('an identity check', () => {
  const intents = { unable_to_verify_identity: /does not work/, verify_my_identity: /verify/ }
  const NEED = 'You need one document with your photo, and about three minutes.'
  const DOCUMENT = 'Which document will you use?'
  const DOCUMENTS = ['Passport', 'Driving licence', 'National identity card', 'I have a code already']
  const BORN = 'What is your date of birth, as in that document (DD/MM/YYYY)?'
  const SURE = 'Shall I open an identity check for you?'
  const CODE = /^Type the code \*\*ID-\d{9}\*\* under \*\*Profile → Identity\*\*\./

  const ELSEWHERE = /^Where else you write to us, say/

  test('takes the document from the first message and keeps the date of birth out of the log', async () => {
    const t = talk(intents)
    await t.user('verify my identity with my passport').bot(NEED, BORN)
    await t.user('in 1990').bot('Please write it like 31/12/1990.', BORN)
    await t.user('12/04/1990').bot(SURE, YES_NO)
    await t.press('Yes').bot(CODE, ELSEWHERE)
    expect(JSON.stringify(await t.log())).not.toContain('12/04/1990')
  })

  test('that did not work asks why first', async () => {
    const t = talk(intents)
    await t
      .user('the check does not work')
      .bot('What goes wrong when you try?', ['The photo is refused', 'The name does not match', 'The app hangs'])
    await t.user('it says my selfie is bad').bot(/^Lay the document flat/, DOCUMENT, DOCUMENTS)
    await t.user('library card').bot('Sorry, I did not get that.', DOCUMENT, DOCUMENTS)
    await t.user('driving license').bot(BORN)
    await t.user('12/04/1990').bot(SURE, YES_NO)
    await t.user('no thanks').bot('All right, come back when it suits you.')
  })

  test('for another name is a matter of personal details', async () => {
    const t = talk(intents)
    await t.user('the check does not work, the name does not match').bot(/^Address, phone and email are under/)
  })

  test('is refused under 18, and fails while the bank is down', async () => {
    for (const [born, service, last] of [
      ['24/11/2008', bank(), ['You must be 18 to hold an account.']],
      ['23/11/2008', bank(), [CODE, ELSEWHERE]],
      ['12/04/1990', bank({ checkIdentity: down }), [FAILED]],
    ] as const) {
      const t = talk(intents, service)
      await t.user('verify me, passport').bot(NEED, BORN)
      await t.user(born).bot(SURE, YES_NO)
      await t.press('Yes').bot(...last)
    }
  })
})
