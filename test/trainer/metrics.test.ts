import type { Classifier } from '@colloquy/core'
import { compareExact, type Example, evaluate, type Prediction, score, withTypos } from '@colloquy/trainer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const said = (intent: string, predicted: string, confidence = 0.9, more: Partial<Prediction> = {}): Prediction => ({
  text: `${intent} as ${predicted}`,
  intent,
  predicted,
  confidence,
  ranking: [{ intent: predicted, confidence }],
  outOfScope: false,
  score: confidence,
  ...more,
})

describe('the scores', () => {
  // By hand: a is right 2 of 3 times, b 1 of 2, c never occurs and is given once.
  const scores = score([
    said('a', 'a', 0.95),
    said('a', 'a', 0.85),
    said('a', 'b', 0.65, { text: 'less sure' }),
    said('b', 'b', 0.75),
    said('b', 'c', 0.3, { outOfScope: true }),
  ])

  it('count what is right', () => {
    expect(scores).toMatchObject({ count: 5, accuracy: 3 / 5 })
  })

  it('give each intent its precision, recall and F1', () => {
    expect(scores.intents).toEqual([
      { intent: 'a', precision: 1, recall: 2 / 3, f1: 4 / 5, support: 3 },
      { intent: 'b', precision: 1 / 2, recall: 1 / 2, f1: 1 / 2, support: 2 },
      { intent: 'c', precision: 0, recall: 0, f1: 0, support: 0 },
    ])
    expect(scores.macroF1).toBeCloseTo((4 / 5 + 1 / 2 + 0) / 3, 12)
  })

  it('weigh the gap between confidence and accuracy by bin', () => {
    // Fifteenths: 0.95 alone in the last bin, 0.85 in the 13th, 0.75 in the 12th, 0.65 in the 10th, 0.3 in the 5th.
    expect(scores.ece).toBeCloseTo((0.05 + 0.15 + 0.25 + 0.65 + 0.3) / 5, 12)
    expect(score([said('a', 'a', 0.9), said('a', 'b', 0.92)]).ece).toBeCloseTo(Math.abs(0.91 - 0.5), 12)
    expect(score([said('a', 'a', 1)]).ece).toBe(0)
  })

  it('name each confused pair with the example that was surest', () => {
    const twice = score([said('a', 'b', 0.6), said('a', 'b', 0.8, { text: 'sure' }), said('b', 'a', 0.9)])
    expect(twice.confusions).toEqual([
      { intent: 'a', predicted: 'b', count: 2, example: 'sure' },
      { intent: 'b', predicted: 'a', count: 1, example: 'b as a' },
    ])
  })

  it('count the three likeliest, and square the error of every probability', () => {
    const ranking = (...shares: [string, number][]) => shares.map(([intent, confidence]) => ({ intent, confidence }))
    const near = said('a', 'b', 0.5, { ranking: ranking(['b', 0.5], ['c', 0.3], ['a', 0.2], ['d', 0]) })
    const far = said('d', 'b', 0.5, { ranking: ranking(['b', 0.5], ['c', 0.3], ['a', 0.2], ['d', 0]) })
    const { top3, brier } = score([near, far])
    expect(top3).toBe(1 / 2)
    expect(brier).toBeCloseTo((0.25 + 0.09 + 0.64 + (0.25 + 0.09 + 0.04 + 1)) / 2, 12)
  })

  it('tell what comes of answering only the surest', () => {
    // Surest first: right, right, wrong, right. Wrong so far: 0, 0, 1, 1, so the risks are 0, 0, 1/3 and 1/4.
    const { coverage } = score([said('a', 'a', 0.6), said('a', 'a', 0.9), said('a', 'b', 0.7), said('a', 'a', 0.8)])
    expect(coverage.aurc).toBeCloseTo((0 + 0 + 1 / 3 + 1 / 4) / 4, 12)
    expect(coverage.curve).toEqual([
      { coverage: 1 / 4, accuracy: 1, confidence: 0.9 },
      { coverage: 2 / 4, accuracy: 1, confidence: 0.8 },
      { coverage: 3 / 4, accuracy: 1 - 1 / 3, confidence: 0.7 },
      { coverage: 1, accuracy: 3 / 4, confidence: 0.6 },
    ])
    const twenty = Array.from({ length: 20 }, (_, i) => said('a', i < 18 ? 'a' : 'b', 1 - i / 20))
    expect([score(twenty).coverage.at90, score(twenty).coverage.at95]).toEqual([1, 1 - 1 / 19])
    // What is equally sure cannot be told apart: each of the two counts as half wrong.
    expect(score([said('a', 'a', 0.9), said('a', 'b', 0.9)]).coverage.aurc).toBe(1 / 2)
  })

  it('tell how much is turned away, and rightly, near the domain and far from it', () => {
    const none = { count: 0, recall: null, auroc: null, fpr95: null, near: null, far: null }
    expect(scores.outOfScope).toEqual({ rate: 1 / 5, ...none })
    const inside = [3, 2, 1].map((score) => said('a', 'a', 0.9, { score }))
    const near = [2, 0].map((score) => said('oos', 'a', 0.9, { score, outOfScope: score < 1 }))
    const far = [said('oos', 'a', 0.9, { score: -4, outOfScope: true, far: true })]
    const { histogram = [], ...found } = score(inside, [...near, ...far]).outOfScope
    // Of the six pairs with what is near, inside wins 4, draws 1 (2 against 2) and loses 1 (1 against 2). To keep 95 % of
    // three is to keep all, so what scores 1 or more is let in: one of the two.
    expect(found).toEqual({
      rate: 0,
      count: 3,
      recall: 2 / 3,
      auroc: 7.5 / 9,
      fpr95: 1 / 3,
      near: { count: 2, recall: 1 / 2, auroc: 4.5 / 6, fpr95: 1 / 2 },
      far: { count: 1, recall: 1, auroc: 1, fpr95: 0 },
    })
    const total = (name: 'inScope' | 'near' | 'far') => histogram.reduce((sum, step) => sum + step[name], 0)
    expect([total('inScope'), total('near'), total('far')]).toEqual([3, 2, 1])
    expect([histogram[0]?.far, histogram.at(-1)?.inScope]).toEqual([1, 1])
  })

  it('are given for short and long utterances, and for every script', () => {
    const texts = [
      'card?',
      'where is my new card',
      '我的卡在哪里',
      'カードはどこですか',
      '카드 어디 있어요',
      'где моя карта',
      '???',
    ]
    const { slices } = score(texts.map((text, i) => said('a', i === 1 ? 'b' : 'a', 0.9, { text })))
    const told = slices.script.map(({ name, count, accuracy }) => `${name} ${count} ${accuracy}`)
    expect(told).toEqual(['Japanese 1 1', 'Korean 1 1', 'Chinese 1 1', 'Cyrillic 1 1', 'Latin 2 0.5', 'other 1 1'])
    expect(slices.length.reduce((sum, { count }) => sum + count, 0)).toBe(texts.length)
    expect(slices.length.find(({ name }) => name === '5 to 9 words')?.accuracy).toBeLessThan(1)
  })

  it('stay within their bounds and add up, whatever was predicted', () => {
    const names = fc.constantFrom('a', 'b', 'c', 'd')
    const prediction = fc
      .tuple(names, names, fc.double({ min: 0, max: 1, noNaN: true }))
      .map(([intent, predicted, confidence]) => said(intent, predicted, confidence))
    fc.assert(
      fc.property(fc.array(prediction, { minLength: 1 }), (predictions) => {
        const { count, accuracy, macroF1, ece, brier, coverage, slices, intents, confusions, reliability } =
          score(predictions)
        const { aurc, at90, at95, curve } = coverage
        for (const share of [accuracy, macroF1, ece, aurc, at90, at95, brier / 2]) {
          expect(share >= 0 && share <= 1).toBe(true)
        }
        expect(curve.at(-1)?.accuracy).toBeCloseTo(accuracy, 9)
        expect(score(predictions.toReversed()).coverage).toEqual(coverage)
        for (const of of [slices.length, slices.script]) expect(of.reduce((sum, one) => sum + one.count, 0)).toBe(count)
        const wrong = confusions.reduce((sum, pair) => sum + pair.count, 0)
        expect(accuracy * count + wrong).toBeCloseTo(count, 9)
        expect(intents.reduce((sum, { recall, support }) => sum + recall * support, 0)).toBeCloseTo(accuracy * count, 9)
        expect(reliability.reduce((sum, bin) => sum + bin.count, 0)).toBe(count)
      }),
    )
  })
})

describe('a score for what is out of scope', () => {
  const scored = fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 1, maxLength: 30 })
  const as = (intent: string) => (score: number) => said(intent, 'a', 0.9, { score })

  it('is an area that turns over with its sides, and a rate that only better scores can lower', () => {
    fc.assert(
      fc.property(scored, scored, (inside, outside) => {
        const found = score(inside.map(as('a')), outside.map(as('oos'))).outOfScope
        const turned = score(outside.map(as('a')), inside.map(as('oos'))).outOfScope
        expect((found.auroc ?? 0) + (turned.auroc ?? 0)).toBeCloseTo(1, 9)
        const higher = score(inside.map((one) => one + 1).map(as('a')), outside.map(as('oos'))).outOfScope
        expect(higher.auroc).toBeGreaterThanOrEqual(found.auroc ?? 0)
        expect(higher.fpr95).toBeLessThanOrEqual(found.fpr95 ?? 0)
      }),
    )
  })
})

describe('a text with typos', () => {
  it('is another one that is still near, and always the same', () => {
    const texts = ['where is my card', 'I lost my PIN and my phone on the train to Leeds this morning', '我的卡丢了']
    for (const text of texts) {
      expect(withTypos(text)).not.toBe(text)
      expect(withTypos(text)).toBe(withTypos(text))
    }
  })

  it('keeps its length to a few letters, and what has no letters side by side', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const typed = withTypos(text)
        expect(Math.abs([...typed].length - [...text].length)).toBeLessThanOrEqual(8)
        expect(typed.replace(/\p{L}/gu, '')).toBe(text.replace(/\p{L}/gu, ''))
      }),
    )
    expect(withTypos('1 a 2?')).toBe('1 a 2?')
  })
})

describe('a model beside its unquantised twin', () => {
  it('agrees where both say the same, right or wrong, and costs what the twin has more right', () => {
    const model = [said('a', 'a'), said('a', 'b'), said('b', 'c'), said('b', 'a')]
    const twin = [said('a', 'a'), said('a', 'a'), said('b', 'c'), said('b', 'c')]
    expect(compareExact(model, twin)).toMatchObject({ count: 4, accuracy: 2 / 4, agreement: 2 / 4, cost: 1 / 4 })
  })
})

describe('an evaluation', () => {
  const example = (text: string, intent: string): Example => ({ text, intent, split: 'test', place: 'data.jsonl:3' })
  const byName = (labels: string[]): Classifier => ({
    labels,
    async classify(text) {
      const intent = labels.find((label) => text.startsWith(label)) ?? labels[0] ?? ''
      const known = text.startsWith(intent)
      return { intent, confidence: known ? 0.9 : 0.2, ranking: [], outOfScope: !known, score: known ? 1 : 0 }
    },
    async close() {},
  })

  it('asks about every utterance once, those after the timed ones too', async () => {
    const examples = Array.from({ length: 500 }, (_, i) => example(`${i % 2 ? 'a' : 'b'} ${i}`, 'a'))
    const { count, accuracy, latency } = await evaluate(byName(['a', 'b']), examples)
    expect([count, accuracy]).toEqual([500, 0.5])
    expect(latency.p50Ms).toBeGreaterThan(0)
    expect(latency.p99Ms).toBeGreaterThanOrEqual(latency.p50Ms)
  })

  it('counts utterances labelled oos as what should be turned away', async () => {
    const examples = [example('a', 'a'), example('b', 'b'), example('weather', 'oos'), example('a joke', 'oos')]
    const { count, accuracy, outOfScope } = await evaluate(byName(['a', 'b']), examples)
    expect([count, accuracy]).toEqual([2, 1])
    expect(outOfScope).toMatchObject({ rate: 0, count: 2, recall: 1 / 2, auroc: 3 / 4, far: null })
  })

  it('counts what is said in another domain as what should be turned away, whatever the model knows', async () => {
    const far = { ...example('a joke', 'oos'), far: true as const }
    const { count, outOfScope } = await evaluate(byName(['a', 'oos']), [example('a', 'a'), far])
    expect([count, outOfScope.near, outOfScope.far?.count]).toEqual([1, null, 1])
  })

  it('tells what typos cost', async () => {
    const { typos } = await evaluate(byName(['alpha', 'beta']), [example('beta', 'beta'), example('b e t a', 'alpha')])
    // "beta" is not recognised with a slip in it; what has no letters side by side stays as it is.
    expect(typos).toMatchObject({ count: 2, accuracy: 1 / 2, drop: 1 / 2 })
  })

  it('takes oos as an intent where the model knows one of that name', async () => {
    const { count, outOfScope } = await evaluate(byName(['a', 'oos']), [example('a', 'a'), example('oos', 'oos')])
    expect([count, outOfScope.count]).toEqual([2, 0])
  })

  it('refuses intents that the model does not know, naming them and the first place', async () => {
    const asked = evaluate(byName(['a', 'b']), [example('a', 'a'), example('c', 'c'), example('d', 'd')])
    await expect(asked).rejects.toThrow('data.jsonl:3: the model knows 2 intents, and not: c, d.')
  })

  it('ends when it is interrupted', async () => {
    const examples = Array.from({ length: 1000 }, (_, i) => example(`a ${i}`, 'a'))
    const reason = new Error('enough')
    await expect(evaluate(byName(['a', 'b']), examples, AbortSignal.abort(reason))).rejects.toBe(reason)
  })
})
