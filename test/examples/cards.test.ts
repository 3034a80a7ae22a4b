import { describe, expect, test } from 'vitest'
import { sam } from '../../examples/bank/accounts.js'
import { memoryBank } from '../../examples/bank/memory.js'
import { bank, down, FAILED, TODAY, talk, YES_NO } from './talk.js'

const CARDS = ['Visa ending in 4021', 'Mastercard ending in 7735']
const FREEZE = 'Shall I freeze your card ending in 4021? No payment will go through.'
const FROZEN = 'Your card ending in 4021 is **frozen**. Nobody can use it.'
const NEW_CARD = 'Would you like a new card? It is free, and the frozen one stops for good.'
const ADDRESS = 'Shall I send it to your address in **LS1 4AB**?'
const SENT = 'Your new card is on its way and should arrive by **Mon 30 Nov**. Activate it in the app when it comes.'

describe('a lost or stolen card', () => {
  const intents = { lost_or_stolen_card: /lost|stolen/, card_swallowed: /swallowed/, visa_or_mastercard: /which kinds/ }

  test('is frozen and replaced, and another question in between is answered', async () => {
    const t = talk(intents)
    await t.user('My card was stolen!').bot('Which card is it?', CARDS)
    await t.press('Visa ending in 4021').bot(FREEZE, YES_NO)
    await t.user('yes please').bot(FROZEN, NEW_CARD, YES_NO)
    await t.user('which kinds of card are there?').bot(/^Both: /, /Back to/, NEW_CARD, YES_NO)
    await t.press('Yes').bot(ADDRESS, YES_NO)
    await t.press('Yes').bot(SENT)
  })

  test('goes to another address, which the log does not show', async () => {
    const t = talk(intents)
    await t.user('I lost my card').bot('Which card is it?', CARDS)
    await t.user('the first one is gone').bot('Sorry, I did not get that.', 'Which card is it?', CARDS)
    await t.user('1').bot(FREEZE, YES_NO)
    await t.user('yes').bot(FROZEN, NEW_CARD, YES_NO)
    await t.user('ok').bot(ADDRESS, YES_NO)
    await t.user('no').bot('Which address shall I send it to? Please include the postcode.')
    await t
      .user('York')
      .bot('That is too short for an address.', 'Which address shall I send it to? Please include the postcode.')
    await t.user('14 Station Road, York YO1 6GA').bot(SENT)
    expect(JSON.stringify(await t.log())).not.toContain('Station Road')
  })

  test('stays as it is where the customer says no', async () => {
    const t = talk(intents)
    await t.user('I lost my card').bot('Which card is it?', CARDS)
    await t.press('Visa ending in 4021').bot(FREEZE, YES_NO)
    await t.press('No').bot('I have not frozen it. You can do so at any time under **Card → Freeze**.')
  })

  test('of a customer with one card that is frozen needs neither of the first two questions', async () => {
    const t = talk(intents, memoryBank(sam, TODAY))
    await t
      .user('the machine swallowed my card')
      .bot(
        /^If the machine belongs/,
        'Your card ending in 9310 is frozen already, so nobody can use it.',
        NEW_CARD,
        YES_NO,
      )
    await t.press('No').bot('All right. If the card turns up, tap **Card → Unfreeze** and go on using it.')
  })

  test('whose bank cannot freeze it ends in an apology, and can be tried again', async () => {
    const working = bank()
    let calls = 0
    const t = talk(intents, { ...working, freeze: (...args) => (calls++ === 0 ? down() : working.freeze(...args)) })
    await t.user('I lost my card').bot('Which card is it?', CARDS)
    await t.user('1').bot(FREEZE, YES_NO)
    await t.press('Yes').bot(FAILED)
    await t.user('I lost my card').bot('Which card is it?', CARDS)
    await t.user('1').bot(FREEZE, YES_NO)
    await t.press('Yes').bot(FROZEN, NEW_CARD, YES_NO)
  })
})

describe('a card on its way', () => {
  const intents = { card_arrival: /where is my card/ }
  const LATE = 'Your card ending in 7735 should have arrived by Tue 17 Nov. I am sorry that it has not.'
  const ANOTHER = 'Shall I cancel it and send you another one, free of charge?'

  test('that is late is sent again, and then is not late any more', async () => {
    const t = talk(intents)
    await t.user('where is my card').bot(LATE, ANOTHER, YES_NO)
    await t.user('erm').bot('Sorry, I did not get that.', ANOTHER, YES_NO)
    await t.press('Yes').bot(ADDRESS, YES_NO)
    await t.press('Yes').bot('A new card is on its way and should arrive by **Mon 30 Nov**.')
    await t
      .user('so where is my card?')
      .bot('Your card ending in 7735 is in the post and should arrive by **Mon 30 Nov**.')
  })

  test('is waited for where the customer says no', async () => {
    const t = talk(intents)
    await t.user('where is my card').bot(LATE, ANOTHER, YES_NO)
    await t.press('No').bot('All right. If it is not there in a week, please write to me again.')
  })

  test('that nobody has ordered cannot be on its way', async () => {
    const t = talk(intents, memoryBank(sam, TODAY))
    await t.user('where is my card').bot(/^You have no card on order\./)
  })

  test('cannot be found while the bank is down', async () => {
    const t = talk(intents, bank({ delivery: down }))
    await t.user('where is my card').bot(FAILED)
  })
})

describe('a PIN', () => {
  const intents = { change_pin: /change my pin/i, pin_blocked: /blocked/ }
  const BORN = 'What is your date of birth (DD/MM/YYYY)? Please never write your PIN here.'
  const WRONG = 'That is not the date of birth we have.'

  test('is unblocked after the date of birth, which the first message may bring and the log does not show', async () => {
    const t = talk(intents)
    await t.user('my PIN is blocked, I was born on 12.4.1990').bot('Which card is it?', CARDS)
    await t.press('Mastercard ending in 7735').bot('Shall I unblock the card ending in 7735 for a new PIN?', YES_NO)
    await t.press('Yes').bot('Done. Choose your new PIN under **Card → PIN** by Tue 24 Nov; it works at once.')
    expect(JSON.stringify(await t.log())).not.toContain('12.4.1990')
  })

  test('is not changed after a date that is none, a wrong one, and a no', async () => {
    const t = talk(intents)
    await t.user('change my PIN').bot('Which card is it?', CARDS)
    await t.user('1').bot(BORN)
    await t.user('in April 1990').bot('Please write it like 31/12/1990.', BORN)
    await t.user('31.02.1990').bot('There is no such day.', BORN)
    await t.user('13/04/1990').bot(WRONG, BORN)
    await t.user('12th April 1990').bot('Shall I open the card ending in 4021 for a new PIN?', YES_NO)
    await t.press('No').bot('All right, your PIN stays as it is.')
  })

  test('is a matter for a person after three wrong dates of birth', async () => {
    const t = talk(intents)
    await t.user('change my PIN').bot('Which card is it?', CARDS)
    await t.user('1').bot(BORN)
    await t.user('01/01/1990').bot(WRONG, BORN)
    await t.user('02/01/1990').bot(WRONG, BORN)
    await t.user('03/01/1990').bot(/^I am passing you on to a colleague/)
  })

  test('stays blocked while the bank is down', async () => {
    const t = talk(intents, bank({ resetPin: down }))
    await t.user('change my PIN, 12/04/1990').bot('Which card is it?', CARDS)
    await t.user('2').bot('Shall I unblock the card ending in 7735 for a new PIN?', YES_NO)
    await t.press('Yes').bot(FAILED)
  })
})
