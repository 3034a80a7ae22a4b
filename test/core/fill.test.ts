import { createBot, dialog, type Json, memory, slot } from '@colloquy/core'
import { byPattern, chat } from '@colloquy/core/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const CODES = ['GBP', 'EUR', 'USD', 'JPY'] as const
const names = { GBP: ['pounds', '£'], EUR: ['euros'], USD: ['dollars'], JPY: ['yen'] }
const currencies = CODES.map((value) => ({ value, label: value, synonyms: names[value] }))

function exchange() {
  const done: Json[] = []
  const bot = createBot({
    dialogs: [
      dialog({
        name: 'exchange',
        start: 'exchange',
        slots: {
          from: slot.choice(currencies, { ask: 'From?', cue: /\b(?:from|sell)\s+$/i }),
          to: slot.choice(currencies, { ask: 'To?', cue: /\b(?:to|into|buy)\s+$/i }),
          amount: slot.number({ ask: 'How much?', min: 1 }),
        },
        async run(d) {
          const [from, to, amount] = [await d.ask('from'), await d.ask('to'), await d.ask('amount')]
          await d.commit('exchange', { from, to, amount }, (input) => void done.push(input))
          d.say('Done.')
        },
      }),
    ],
    classifier: byPattern({ exchange: /exchange/ }),
    store: memory(),
    channels: [],
  })
  return { done, talk: () => chat(bot, { intents: { exchange: /exchange/ } }) }
}

describe('two slots of one kind', () => {
  it('are told apart by their cues', async () => {
    const { done, talk } = exchange()
    await talk().user('exchange 200 from pounds to euros').bot('Done.')
    expect(done).toEqual([{ from: 'GBP', to: 'EUR', amount: 200 }])
  })
  it('are not guessed: a value without a cue goes to the one being asked', async () => {
    const { done, talk } = exchange()
    const t = talk()
    await t.user('exchange euros').bot('From?', ['GBP', 'EUR', 'USD', 'JPY'])
    await t.user('usd').bot('To?', ['GBP', 'EUR', 'USD', 'JPY'])
    await t.user('yen').bot('How much?')
    await t.user('1,250.5').bot('Done.')
    expect(done).toEqual([{ from: 'USD', to: 'JPY', amount: 1250.5 }])
  })
})

describe('a value', () => {
  it('never lands in another slot, however much of it the first message says', async () => {
    const word = { GBP: 'pounds', EUR: 'euros', USD: 'dollars', JPY: 'yen' }
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray([...CODES], { minLength: 2, maxLength: 2 }),
        fc.integer({ min: 1, max: 99_999 }),
        fc.shuffledSubarray(['from', 'to', 'amount'] as const),
        async (pair, amount, said) => {
          const [from, to] = pair as [keyof typeof word, keyof typeof word]
          const parts = { from: `from ${word[from]}`, to: `to ${word[to]}`, amount: String(amount) }
          const answers: Record<string, string> = { 'From?': word[from], 'To?': word[to], 'How much?': String(amount) }
          const { done, talk } = exchange()
          const t = talk()
          let heard = await t.user(`exchange ${said.map((one) => parts[one]).join(' ')}`)
          while (heard[0] !== 'Done.') heard = await t.user(answers[String(heard[0])] ?? 'unexpected')
          expect(done).toEqual([{ from, to, amount }])
        },
      ),
      { numRuns: 60 },
    )
  })
})
