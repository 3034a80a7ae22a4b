import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clustersOf } from '../../../packages/trainer/dist/label/clusters.js'
import { outOfSample } from '../../../packages/trainer/dist/label/opinion.js'
import { phrasesOf } from '../../../packages/trainer/dist/label/phrases.js'
import { type Candidate, queueOf } from '../../../packages/trainer/dist/label/queue.js'
import { suspectsOf } from '../../../packages/trainer/dist/label/suspects.js'

const unit = (values: number[]) => Float32Array.from(values, (value) => value / Math.hypot(...values))
const vectors = (least: number, most: number) =>
  fc
    .array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: -9, max: 9 }), fc.integer({ min: -9, max: 9 })), {
      minLength: least,
      maxLength: most,
    })
    .map((all) => all.map(unit))
const mean = (a: number[], b: number[], all: Float32Array[]) => {
  let total = 0
  for (const i of a) for (const j of b) total += [0, 1, 2].reduce((sum, k) => sum + at(all, i, k) * at(all, j, k), 0)
  return total / (a.length * b.length)
}
const at = (all: Float32Array[], i: number, k: number) => all[i]?.[k] ?? Number.NaN

describe('clusters', () => {
  it('hold each text once, and no two are as near as those that were joined', () => {
    fc.assert(
      fc.property(vectors(1, 40), (all) => {
        const clusters = clustersOf(all, 0.6, 1)
        expect(clusters.flat().sort((a, b) => a - b)).toEqual(all.map((_, i) => i))
        for (const a of clusters)
          for (const b of clusters) if (a !== b) expect(mean(a, b, all)).toBeLessThan(0.6 + 1e-5)
      }),
    )
  })

  it('leave out what is said too rarely, and put the largest first', () => {
    const near = (x: number, y: number, n: number) => Array.from({ length: n }, (_, i) => unit([x, y, i / 50]))
    const sizes = clustersOf([...near(1, 0, 3), ...near(0, 1, 7), ...near(-1, -1, 5)], 0.7, 5).map((one) => one.length)
    expect(sizes).toEqual([7, 5])
  })
})

describe('the name of a group', () => {
  it('is what tells it from the others', () => {
    const [gift, bike] = phrasesOf([
      ['can I pay with a gift card?', 'do you sell gift cards', 'my gift card does not work', 'a gift card for my mum'],
      ['can I take my bike on the train?', 'is there room for my bike', 'how much for a bike?'],
    ])
    expect(gift?.[0]).toBe('gift card')
    expect(bike?.[0]).toBe('bike')
  })

  it('is found in Chinese, which has no spaces', () => {
    const [one] = phrasesOf([
      ['怎么退礼品卡', '礼品卡在哪里买', '我要礼品卡'],
      ['天气怎么样', '明天天气好吗'],
    ])
    expect(one?.[0]).toContain('礼品')
  })
})

describe('likely label errors', () => {
  it('are those that texts of another intent are as sure of, and nothing else', async () => {
    const group = (x: number, y: number, intent: string, n: number) =>
      Array.from({ length: n }, (_, i) => ({ intent, embedding: unit([x, y, (i % 7) / 20]) }))
    const known = [...group(1, 0, 'refund', 30), ...group(0, 1, 'track', 30)]
    const wrong = { intent: 'track', embedding: unit([1, 0, 0.11]) }
    const rankings = await outOfSample([...known, wrong])
    const labels = [...known, wrong].map(({ intent }) => intent)
    expect(suspectsOf(labels, rankings)).toMatchObject([{ index: 60, label: 'track', suggested: 'refund' }])
  })
})

describe('what to label next', () => {
  const candidate = (of: Partial<Candidate>): Candidate => ({
    ...{ embedding: unit([1, 0, 0]), margin: 0.5, outOfScope: false, disagrees: false, marked: false },
    ...of,
  })

  it('begins with what was misunderstood, then what contradicts, then what is unsure', () => {
    const spread = [unit([1, 0, 0]), unit([0, 1, 0]), unit([0, 0, 1]), unit([-1, 0, 0])] as const
    const all = [
      candidate({ embedding: spread[0], margin: 0.9 }),
      candidate({ embedding: spread[1], disagrees: true }),
      candidate({ embedding: spread[2], marked: true }),
      candidate({ embedding: spread[3], margin: 0.1 }),
    ]
    expect(queueOf(all, 4).slice(0, 3)).toEqual([2, 1, 3])
  })

  it('does not ask about the same thing twice in a row', () => {
    const same = Array.from({ length: 5 }, (_, i) => candidate({ margin: 0, embedding: unit([1, 0, i / 1000]) }))
    const other = candidate({ margin: 0.4, embedding: unit([0, 1, 0]) })
    expect(queueOf([...same, other], 2)[1]).toBe(5)
    expect(queueOf([...same, other], 1, [unit([1, 0, 0])])).toEqual([5])
  })

  it('names each text at most once, and as many as are wanted', () => {
    fc.assert(
      fc.property(vectors(0, 30), fc.nat(40), (all, count) => {
        const queue = queueOf(
          all.map((embedding, i) => candidate({ embedding, margin: (i % 10) / 10 })),
          count,
        )
        expect(new Set(queue).size).toBe(queue.length)
        expect(queue.length).toBe(Math.min(count, all.length))
      }),
    )
  })
})
