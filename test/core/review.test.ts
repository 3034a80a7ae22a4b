import { type Classification, type Classifier, createBot, dialog, memory, slot } from '@colloquy/core'
import { chat } from '@colloquy/core/testing'
import { describe, expect, it } from 'vitest'

const refund = dialog({
  name: 'refund',
  title: 'Refund an order',
  start: 'refund',
  slots: {
    order: slot.pattern(/\b\d{6}\b/, { ask: 'Which order?' }),
    why: slot.text({ ask: 'Why?' }),
    sure: slot.yesNo({ ask: 'Sure?' }),
  },
  async run(d) {
    await d.ask('order')
    await d.ask('why')
    await d.ask('sure')
  },
})
const track = dialog({ name: 'track', title: 'Track an order', start: 'track', run: (d) => d.say('Friday.') })

/** Sure of "refund"; torn between both at "order"; at a loss otherwise. */
const classifier: Classifier = {
  labels: ['refund', 'track'],
  async classify(text): Promise<Classification> {
    const confidence = /refund/.test(text) ? 0.95 : 0.55
    const ranking = ['refund', 'track'].map((intent, n) => ({
      intent,
      confidence: n === 0 ? confidence : 1 - confidence,
    }))
    return { intent: 'refund', confidence, ranking, outOfScope: !/refund|order/.test(text), score: 0 }
  },
  async close() {},
}

async function reviewsOf(...said: string[]) {
  const t = chat(createBot({ dialogs: [refund, track], classifier, store: memory(), channels: [] }))
  for (const text of said) await t.user(text)
  return (await t.log()).flatMap((event) => (event.type === 'customer' ? [event.review] : []))
}

describe('a turn is marked for review', () => {
  it.each([
    ['where no intent covers it', ['what is love'], ['out_of_scope']],
    ['where two intents are close', ['my order'], ['low_margin']],
    ['where the customer corrects a value', ['refund 123456', 'sorry, the order is 654321'], [undefined, 'corrected']],
    ['where a question is answered by nothing that fits', ['refund', 'bananas'], [undefined, 'out_of_scope']],
  ])('%s', async (_, said, reviews) => {
    expect(await reviewsOf(...said)).toEqual(reviews)
  })

  it('and not where it is understood, nor where it answers a question that takes any text', async () => {
    expect(await reviewsOf('refund 123456', 'it never came', 'yes')).toEqual([undefined, undefined, undefined])
  })
})
