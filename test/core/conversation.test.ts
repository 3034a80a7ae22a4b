import { chat } from '@colloquy/core/testing'
import { describe, expect, it } from 'vitest'
import { shop } from './refund.js'

describe('a conversation', () => {
  it('fills a slot from the first message, digresses, comes back, corrects, confirms and commits once', async () => {
    const { bot, intents, done } = shop()
    const t = chat(bot, { intents })
    await t.user('refund order 123456').bot('What went wrong?', ['damaged', 'late', 'other'])
    await t
      .user('where is my parcel?')
      .bot('It arrives Friday.', 'Back to "Refund an order".', 'What went wrong?', ['damaged', 'late', 'other'])
    await t
      .user('sorry, the order is 654321')
      .bot('Changed the order number to 654321.', 'What went wrong?', ['damaged', 'late', 'other'])
    await t.user('purple').bot('Sorry, I did not get that.', 'What went wrong?', ['damaged', 'late', 'other'])
    await t.user('damagd').bot('Refund £30 for order 654321?', ['Yes', 'No'])
    await t.press('Yes').bot('Done. Your reference is R1.')
    expect(done).toHaveLength(1)
  })
  it('asks again when an order cannot be found, and looks it up again', async () => {
    const { bot, intents, looked } = shop()
    const t = chat(bot, { intents })
    await t.user('I want a refund').bot('What is your order number?')
    await t.user('111111').bot('I cannot find order 111111.', 'What is your order number?')
    await t.user('111111').bot('I cannot find order 111111.', 'What is your order number?')
    expect(looked).toEqual(['111111', '111111'])
    await t.user('123456').bot('What went wrong?', ['damaged', 'late', 'other'])
    await t.user('2').bot('Refund £20 for order 123456?', ['Yes', 'No'])
    await t.user('no').bot('Nothing was refunded.')
  })
})
