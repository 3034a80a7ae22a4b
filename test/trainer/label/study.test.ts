import type { Encoder } from '@colloquy/core'
import { describe, expect, it } from 'vitest'
import { itemsOf } from '../../../packages/trainer/dist/label/items.js'
import { next, study } from '../../../packages/trainer/dist/label/study.js'
import { labelFunctions } from '../../../packages/trainer/dist/label/weak.js'
import { talk } from './conversations.js'

/** Texts are near one another that have the same one of these words. */
const WORDS = ['refund', 'parcel', 'weather']
const embed = async (text: string) => {
  const values = [...WORDS.map((word) => (text.includes(word) ? 1 : 0.05)), (text.length % 7) / 40]
  return Float32Array.from(values, (value) => value / Math.hypot(...values))
}
type Model = Pick<Encoder, 'labels' | 'classify' | 'embed'>

/** A model of another domain: only its encoder is of use. */
const foreign: Model = {
  labels: ['play_music'],
  embed,
  classify: async () => ({ intent: 'play_music', confidence: 1, ranking: [], outOfScope: false, score: 0 }),
}
/** One that knows these intents, and what it is sure of. */
const own: Model = {
  ...foreign,
  labels: ['refund', 'track'],
  classify: async (text) => {
    const intent = text.includes('refund') ? 'refund' : 'track'
    const ranking = [
      { intent, confidence: 0.9 },
      { intent: intent === 'refund' ? 'track' : 'refund', confidence: 0.1 },
    ]
    return { intent, confidence: 0.9, ranking, outOfScope: text.includes('weather'), score: 0 }
  },
}

const about = (word: string, n: number, action?: string) =>
  Array.from({ length: n }, (_, i) =>
    talk(`${word}${i}`, ['customer', `${word} number ${'x'.repeat(i)}?`], ['agent', 'Yes.', action ? { action } : {}]),
  )
const wrong = talk('wrong', ['customer', 'a refund, please'], ['agent', 'Yes.', { action: 'track' }])
const all = [...about('refund', 25, 'refund'), ...about('parcel', 25, 'track'), ...about('weather', 8), wrong]
const { items } = itemsOf(all, labelFunctions({}))
const signal = new AbortController().signal

describe.each([
  ['of another domain', foreign],
  ['that knows the intents', own],
])('with a model %s', (_, model) => {
  it('what no intent covers is found as one group, by its name', async () => {
    const { discoveries } = await study(model, items, [], [], signal)
    expect(discoveries.map(({ name, items }) => [name.split(' · ')[0], items.length])).toEqual([
      [expect.stringContaining('weather'), 8],
    ])
  })

  it('the label that contradicts its text is doubted, left as it is, and among the first to ask about', async () => {
    const seen = await study(model, items, [], [], signal)
    expect(seen.doubts).toMatchObject([{ item: { text: 'a refund, please' }, label: 'track', suggested: 'refund' }])
    expect(next(items, seen, [], 2).map(({ text }) => text)).toContain('a refund, please')
  })
})

describe('what is decided', () => {
  it('is not asked about again, and no longer new', async () => {
    const events = Array.from({ length: 8 }, (_, i) => ({
      ...{ at: i, by: 'anna', conversation: `weather${i}`, turn: 0, decision: 'new' as const, intent: 'weather' },
    }))
    const seen = await study(foreign, items, events, [], signal)
    expect(seen.discoveries).toEqual([])
    expect(seen.intents).toContain('weather')
    expect(next(items, seen, events, 100).some(({ text }) => text.includes('weather'))).toBe(false)
  })
})
