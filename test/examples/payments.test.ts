import { describe, expect, test } from 'vitest'
import { bank, down, FAILED, talk, YES_NO } from './talk.js'

describe('a dispute', () => {
  const intents = {
    card_payment_not_recognised: /recognise/,
    transaction_charged_twice: /twice/,
    cash_withdrawal_not_recognised: /withdrawal/,
    extra_charge_on_statement: /extra/,
  }
  const AMOUNT = 'How much was it? The amount in pounds is enough to find it.'
  const FOUND = 'I have found it: £64.00 to Parcel & Pine on Sat 14 Nov.'
  const REASONS = ['I never bought anything there', 'I had cancelled it', 'The amount is wrong']
  const SURE = 'Shall I dispute £64.00 to Parcel & Pine on Sat 14 Nov?'
  const MONEY_BACK = 'You get £64.00 back for now, and our decision within 10 working days.'

  test('finds the payment by the amount in the first message, and leads on to the card', async () => {
    const t = talk(intents)
    await t.user('I do not recognise a payment of £64').bot(FOUND, 'What fits best?', REASONS)
    await t.user('it was not me').bot(SURE, YES_NO)
    await t
      .press('Yes')
      .bot(
        'Done: your reference is **DS-203611**.',
        MONEY_BACK,
        'Somebody may have your card. Shall we see to that as well?',
        YES_NO,
      )
    await t.press('Yes').bot('Which card is it?', ['Visa ending in 4021', 'Mastercard ending in 7735'])
  })

  test('knows the reason of a double charge, and offers both', async () => {
    const t = talk(intents)
    await t.user('you charged me twice').bot(AMOUNT)
    await t.user('a lot').bot('I need an amount, such as £12.40.', AMOUNT)
    await t.user('€48.20').bot('I need the amount in pounds, as the app shows it.', AMOUNT)
    await t
      .user('48.20')
      .bot('Which of these is it?', [
        '£48.20 to Northline Trains on Fri 20 Nov (204511)',
        '£48.20 to Northline Trains on Fri 20 Nov (204510)',
        'None of these',
      ])
    await t.user('2').bot('Shall I dispute £48.20 to Northline Trains on Fri 20 Nov?', YES_NO)
    await t.press('Yes').bot('Done: your reference is **DS-204510**.', /^You get £48.20 back for now/)
    await t.user('charged me twice, £12.40').bot(/^I have found it: £12.40/, /^I see it only once/)
  })

  test('is not needed for a charge of 1 that only checks the card', async () => {
    const t = talk(intents)
    await t.user('what is this extra $1 charge?').bot(/^Filling stations, hotels/)
    await t.user('what is this extra charge?').bot(AMOUNT)
    await t.user('£30').bot('I have found it: £30.00 to Quayside Gym on Wed 11 Nov.', 'What fits best?', REASONS)
  })

  test('follows a corrected amount to another payment', async () => {
    const t = talk(intents)
    await t.user('I do not recognise £64').bot(FOUND, 'What fits best?', REASONS)
    await t.press('I had cancelled it').bot(SURE, YES_NO)
    await t
      .user('sorry, it was £9.99')
      .bot(
        'Changed the amount to £9.99.',
        'I have found it: £9.99 to Lumen Streaming on Wed 18 Nov.',
        'Shall I dispute £9.99 to Lumen Streaming on Wed 18 Nov?',
        YES_NO,
      )
    await t.press('No').bot('All right, I have not disputed anything.')
  })

  test('of a payment that is not there goes to a person', async () => {
    const t = talk(intents)
    await t
      .user('I made no withdrawal of £47')
      .bot(/^I see no payment of £47.00/, 'Which of these is it?', [
        '£12.40 to Blue Door Café on Sun 22 Nov (204518)',
        '£48.20 to Northline Trains on Fri 20 Nov (204511)',
        '£48.20 to Northline Trains on Fri 20 Nov (204510)',
        '£9.99 to Lumen Streaming on Wed 18 Nov (203977)',
        '£100.00 to Cash machine, High Street on Tue 17 Nov (203850)',
        '£64.00 to Parcel & Pine on Sat 14 Nov (203611)',
        '£30.00 to Quayside Gym on Wed 11 Nov (203120)',
        'None of these',
      ])
    await t.press('None of these').bot(/^I am passing you on to a colleague/)
  })

  test('that exists already is not opened twice, and a bank that is down opens none', async () => {
    const t = talk(intents)
    for (const last of [/^Done: your reference/, /^That has been asked already: your reference is \*\*DS-203611\*\*/]) {
      await t.user('I do not recognise £64').bot(FOUND, 'What fits best?', REASONS)
      await t.press('The amount is wrong').bot(SURE, YES_NO)
      await t.press('Yes').bot(last, ...(last.source.includes('Done') ? [MONEY_BACK] : []))
    }
    const broken = talk(intents, bank({ payments: down }))
    await broken.user('I do not recognise £64').bot(FAILED)
  })
})

describe('a refund', () => {
  const intents = { request_refund: /refund/ }
  const INTRO = 'Refunds are paid by the shop. I can ask it for you.'
  const REFERENCE = 'What is the reference of the payment? Tap the payment in the app: it has six digits.'
  const REASON = 'Why would you like the money back?'
  const REASONS = ['It never arrived', 'It is faulty', 'I changed my mind']
  const EMAIL = 'Which email address shall the shop write to?'

  test('takes the reference from the first message, follows its correction, and remembers the email', async () => {
    const t = talk(intents)
    await t.user('I want a refund for 204518').bot(INTRO, REASON, REASONS)
    await t.user('the cup was broken').bot(EMAIL)
    await t.user('anna at example').bot('That does not look like an email address.', EMAIL)
    await t.user('Anna@Example.com').bot('Shall I ask **Blue Door Café** to refund £12.40?', YES_NO)
    await t
      .user('no, I meant 203611')
      .bot('Changed the payment to 203611.', 'Shall I ask **Parcel & Pine** to refund £64.00?', YES_NO)
    await t.user('yes').bot('Done: your reference is **RF-203611**. The shop has 14 days to answer.')
    expect(JSON.stringify(await t.log())).not.toMatch(/example\.com/i)
    await t.user('refund 204510, it is faulty').bot(INTRO, 'Shall I ask **Northline Trains** to refund £48.20?', YES_NO)
  })

  test('asks again for a reference that does not exist, and stops at a no', async () => {
    const t = talk(intents)
    await t.user('refund please').bot(INTRO, REFERENCE)
    await t.user('1234').bot('A reference has six digits, such as 123456.', REFERENCE)
    await t.user('999999').bot('I see no payment 999999 in the last 30 days.', REFERENCE)
    await t.user('204518, I changed my mind').bot(EMAIL)
    await t.user('anna@example.com').bot('Shall I ask **Blue Door Café** to refund £12.40?', YES_NO)
    await t.press('No').bot('All right, I have not asked for a refund.')
  })

  test('waits for a day, reminds once, and can be cancelled', async () => {
    const t = talk(intents)
    await t.user('refund 204518').bot(INTRO, REASON, REASONS)
    await t.wait('11m').bot('Are you still there?', REASON, REASONS)
    await t.wait('12h').bot()
    await t.user('cancel').bot('All right, I have cancelled "Get a refund".')
  })

  test('of cash is refused, and of anything while the bank is down', async () => {
    for (const [service, last] of [
      [bank(), 'A shop can refund payments, not cash.'],
      [bank({ refund: down }), FAILED],
    ] as const) {
      const t = talk(intents, service)
      await t.user('refund 203850, it never arrived').bot(INTRO, EMAIL)
      await t.user('anna@example.com').bot('Shall I ask **Cash machine, High Street** to refund £100.00?', YES_NO)
      await t.press('Yes').bot(last)
    }
  })
})

describe('missing cash', () => {
  const intents = { wrong_amount_of_cash_received: /machine/ }
  const ASKED = 'How much did you ask the machine for, in pounds?'
  const GOT = 'And how much did it give you?'
  const SURE = 'Shall I claim £20.00 from the operator (Cash machine, High Street, Tue 17 Nov)?'

  test('tells two amounts in one message apart', async () => {
    for (const text of [
      'The machine only gave me £80 when I wanted £100',
      'I asked for 100 and the machine gave me 80',
    ]) {
      const t = talk(intents)
      await t.user(text).bot(SURE, YES_NO)
      await t.press('Yes').bot('Done: your reference is **DS-203850**. You hear from us within 10 working days.')
    }
  })

  test('asks again for amounts that cannot be, and stops at a no', async () => {
    const t = talk(intents)
    await t.user('the machine kept some').bot(ASKED)
    await t.user('90').bot('I see no withdrawal of £90.00 in the last 30 days.', ASKED)
    await t.user('100').bot(GOT)
    await t.user('120').bot('That is not less than the £100.00 you asked for.', GOT)
    await t.user('80').bot(SURE, YES_NO)
    await t.press('No').bot('All right, I have not claimed anything.')
  })

  test('is not claimed while the bank is down', async () => {
    const t = talk(intents, bank({ dispute: down }))
    await t.user('the machine gave me 80 instead of 100').bot(SURE, YES_NO)
    await t.press('Yes').bot(FAILED)
  })
})
