import { fileURLToPath } from 'node:url'
import { type Classifier, classifier, memory } from '@colloquy/core'
import { chat } from '@colloquy/core/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bankBot } from '../../examples/bank/bot.js'
import { faq } from '../../examples/bank/faq.js'
import { bank } from './talk.js'

describe('the bank, asked what no dialog is for, by its own model', () => {
  let nlu: Awaited<ReturnType<typeof classifier>>
  let bot: ReturnType<typeof bankBot>

  beforeAll(async () => {
    nlu = await classifier(fileURLToPath(new URL('../../examples/bank/model', import.meta.url)))
    const fallback = await faq((text) => nlu.embed(text))
    bot = bankBot({ bank: bank(), fallback, classifier: nlu as Classifier, store: memory(), channels: [] })
  })
  afterAll(() => nlu.close())

  test.each([
    ['what are your opening hours', /8 am to 8 pm/],
    ['is my money safe with you?', /£85,000/],
    ['can I get a mortgage', /nothing that is lent/],
    ['do you have an overdraft', /declined, and that costs nothing/],
    ['how much interest do I get on savings', /3\.1 %/],
    ['I want to make a complaint', /eight weeks/],
    ['can I open a joint account with my wife', /joint account/i],
    ['how can I download a statement', /as a PDF/],
  ])('%s', async (question, answer) => {
    await chat(bot, { shows: ['feedback'] })
      .user(question)
      .bot(answer, ['👍', '👎'])
  })

  test.each(['what is the weather tomorrow', 'sing a song', 'book a table for two', 'who won the match'])(
    '%s: it does not pretend to know',
    async (question) => {
      expect((await chat(bot).user(question)).join()).toMatch(/other words|Which of these do you mean/)
    },
  )
})
