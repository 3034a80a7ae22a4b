import { describe, test } from 'vitest'
import { bank, down, FAILED, talk, YES_NO } from './talk.js'

const CURRENCIES = [
  'British pounds',
  'euros',
  'US dollars',
  'Australian dollars',
  'Canadian dollars',
  'Swiss francs',
  'Japanese yen',
  'Polish złoty',
]

describe('an exchange', () => {
  const intents = { exchange_via_app: /exchange|change my|convert/i, exchange_charge: /fee/ }
  const FROM = 'Which currency do you have?'
  const TO = 'Which currency do you want?'
  const HOW_MUCH = 'How much would you like to exchange?'
  const euros = (got: string, paid: string) =>
    `You get **€${got}** for £${paid} (1 GBP = 1.1500 EUR, no fee). Go ahead?`

  test('takes the amount and both currencies from the first message', async () => {
    for (const text of ['exchange £200 to euros', 'convert 200 pounds into EUR', 'Exchange 200 from GBP to €']) {
      const t = talk(intents)
      await t.user(text).bot(euros('230.00', '200.00'), YES_NO)
      await t.press('Yes').bot('Done. Your EUR balance is now **€350.00**.')
    }
  })

  test('quotes anew when the amount or a currency is corrected', async () => {
    const t = talk(intents)
    await t.user('exchange £200 to euros').bot(euros('230.00', '200.00'), YES_NO)
    await t.user('no, make it 300').bot('Changed the amount to 300.', euros('345.00', '300.00'), YES_NO)
    await t
      .user('actually to dollars')
      .bot(
        'Changed the currency you want to US dollars.',
        'You get **US$393.00** for £300.00 (1 GBP = 1.3100 USD, no fee). Go ahead?',
        YES_NO,
      )
    await t.user('what is the fee?').bot(/^Exchanging in the app is free/, /Back to/, /US\$393.00/, YES_NO)
    await t.press('No').bot('All right, nothing was exchanged.')
  })

  test('asks for what is missing, and again for what does not fit', async () => {
    const t = talk(intents)
    await t.user('I want to exchange money').bot(FROM, CURRENCIES)
    await t.user('shells').bot('Sorry, I did not get that.', FROM, CURRENCIES)
    await t.user('quid').bot(TO, CURRENCIES)
    await t.user('sterling').bot(HOW_MUCH)
    await t.user('all of it').bot('I need an amount, such as 200.', HOW_MUCH)
    await t.user('1,500').bot('These are the same currency.', TO, CURRENCIES)
    await t
      .user('euro')
      .bot('You get **€1,725.00** for £1,500.00 (1 GBP = 1.1500 EUR, a fee of £4.25). Go ahead?', YES_NO)
    await t.user('ok').bot('Done. Your EUR balance is now **€1,845.00**.')
  })

  test('of more than the balance is asked again', async () => {
    const t = talk(intents)
    await t.user('change my AUD into GBP').bot(HOW_MUCH)
    await t.user('50').bot('Your balance is A$0.00, which is not enough.', HOW_MUCH)
    await t.user('sorry, I have euros').bot('Changed the currency you have to euros.', HOW_MUCH)
    await t.user('50').bot('You get **£43.48** for €50.00 (1 EUR = 0.8696 GBP, no fee). Go ahead?', YES_NO)
  })

  test('is given up when the quote is ten minutes old', async () => {
    const t = talk(intents)
    await t.user('exchange £200 to euros').bot(euros('230.00', '200.00'), YES_NO)
    await t.wait('9m').bot()
    await t.wait('2m').bot('I have closed "Exchange money", as I did not hear from you. Write to me any time.')
    await t.user('yes').bot(/^Sorry, I did not understand/)
  })

  test('does not happen while the bank is down', async () => {
    const t = talk(intents, bank({ exchange: down }))
    await t.user('exchange £200 to euros').bot(euros('230.00', '200.00'), YES_NO)
    await t.press('Yes').bot(FAILED)
  })
})

describe('a top-up', () => {
  const intents = { top_up_failed: /top.?up/ }
  const METHODS = ['Card', 'Bank transfer', 'Cash or cheque']
  const REFERENCE = 'What is its reference? It has six digits and is under **Top up → History**.'
  const DECLINED =
    'Your top-up of £50.00 did not go through: your card’s bank declined it. The money stays on your card.'

  test('that failed is tried again, with method and reference from the first message', async () => {
    const t = talk(intents)
    await t.user('my top-up 551204 with my debit card failed').bot(DECLINED, 'Shall I try £50.00 once more?', YES_NO)
    await t.press('Yes').bot('I have charged your card again: the reference is **552204**.')
    await t.user('how is my card top-up 552204 doing?').bot(/^Your top-up of £50.00 is pending/)
  })

  test('is asked for again where the reference is wrong, and not repeated against the customer’s will', async () => {
    const t = talk(intents)
    await t.user('my top-up failed').bot('How did you top up?', METHODS)
    await t.user('Google Pay').bot(REFERENCE)
    await t.user('dunno').bot('A reference has six digits, such as 123456.', REFERENCE)
    await t.user('551205').bot('I cannot find a top-up 551205.', REFERENCE)
    await t.user('550877').bot(/3-D Secure/, 'Shall I try £75.00 once more?', YES_NO)
    await t.press('No').bot('All right, I have not charged your card.')
  })

  test('that is pending or completed says so', async () => {
    const t = talk(intents)
    await t.user('card top-up 551318').bot(/^Your top-up of £200.00 is pending: your card’s bank/)
    await t.user('card top-up 550790').bot('Your top-up of £500.00 has gone through: it is on your balance.')
  })

  test('by transfer or in cash is another matter', async () => {
    const t = talk(intents)
    await t.user('my top-up by bank transfer is missing').bot(/^From a UK bank it takes up to two hours/)
    await t.user('my top-up failed').bot('How did you top up?', METHODS)
    await t.user('with a cheque').bot(/^Cash paid in at a Post Office/)
  })

  test('is not repeated while the bank is down', async () => {
    const t = talk(intents, bank({ retryTopUp: down }))
    await t.user('card top-up 551204').bot(DECLINED, 'Shall I try £50.00 once more?', YES_NO)
    await t.press('Yes').bot(FAILED)
  })
})

describe('a transfer', () => {
  const intents = { cancel_transfer: /cancel a/ }
  const PENDING = ['£120.00 to Sam Okafor', '£850.00 to Kirkgate Lettings']

  test('is cancelled while it is pending, and then is no longer offered', async () => {
    const t = talk(intents)
    await t.user('cancel a transfer').bot('Which one shall I cancel?', PENDING)
    await t.user('both').bot('Sorry, I did not get that.', 'Which one shall I cancel?', PENDING)
    await t.press('£120.00 to Sam Okafor').bot('Shall I cancel £120.00 to Sam Okafor?', YES_NO)
    await t.press('Yes').bot('It is cancelled, and the money is back on your balance.')
    await t.user('cancel a transfer').bot('Which one shall I cancel?', ['£850.00 to Kirkgate Lettings'])
  })

  test('is sent where the customer says no', async () => {
    const t = talk(intents)
    await t.user('cancel a transfer').bot('Which one shall I cancel?', PENDING)
    await t.user('2').bot('Shall I cancel £850.00 to Kirkgate Lettings?', YES_NO)
    await t.press('No').bot('All right, it will be sent.')
  })

  test('that has left in the meantime cannot be cancelled', async () => {
    const working = bank()
    const t = talk(intents, working)
    await t.user('cancel a transfer').bot('Which one shall I cancel?', PENDING)
    await t.user('1').bot('Shall I cancel £120.00 to Sam Okafor?', YES_NO)
    await working.cancelTransfer('test:anna', '770142', 'somebody else')
    await t.press('Yes').bot('That transfer has left already, so only the recipient can send it back.')
  })

  test('is not cancelled while the bank is down', async () => {
    const t = talk(intents, bank({ transfers: down }))
    await t.user('cancel a transfer').bot(FAILED)
  })
})
