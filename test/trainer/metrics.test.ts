import type { Classifier } from '@colloquy/core'
import { type Example, evaluate, type Prediction, score } from '@colloquy/trainer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const said = (intent: string, predicted: string, confidence = 0.9, more: Partial<Prediction> = {}): Prediction => ({
  text: `${intent} as ${predicted}`,
  intent,
  predicted,
  confidence,
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

  it('tell how much is turned away, and rightly', () => {
    expect(scores.outOfScope).toEqual({ rate: 1 / 5, count: 0, recall: null, auroc: null })
    const inside = [3, 2, 1].map((score) => said('a', 'a', 0.9, { score }))
    const outside = [2, 0].map((score) => said('oos', 'a', 0.9, { score, outOfScope: score < 1 }))
    // Of the six pairs, inside wins 4, draws 1 (2 against 2) and loses 1 (1 against 2).
    expect(score(inside, outside).outOfScope).toEqual({ rate: 0, count: 2, recall: 1 / 2, auroc: 4.5 / 6 })
  })

  it('stay within their bounds and add up, whatever was predicted', () => {
    const names = fc.constantFrom('a', 'b', 'c', 'd')
    const prediction = fc
      .tuple(names, names, fc.double({ min: 0, max: 1, noNaN: true }))
      .map(([intent, predicted, confidence]) => said(intent, predicted, confidence))
    fc.assert(
      fc.property(fc.array(prediction, { minLength: 1 }), (predictions) => {
        const { count, accuracy, macroF1, ece, intents, confusions, reliability } = score(predictions)
        for (const share of [accuracy, macroF1, ece]) expect(share >= 0 && share <= 1).toBe(true)
        const wrong = confusions.reduce((sum, pair) => sum + pair.count, 0)
        expect(accuracy * count + wrong).toBeCloseTo(count, 9)
        expect(intents.reduce((sum, { recall, support }) => sum + recall * support, 0)).toBeCloseTo(accuracy * count, 9)
        expect(reliability.reduce((sum, bin) => sum + bin.count, 0)).toBe(count)
      }),
    )
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
  })

  it('counts utterances labelled oos as what should be turned away', async () => {
    const examples = [example('a', 'a'), example('b', 'b'), example('weather', 'oos'), example('a joke', 'oos')]
    const { count, accuracy, outOfScope } = await evaluate(byName(['a', 'b']), examples)
    expect([count, accuracy]).toEqual([2, 1])
    expect(outOfScope).toEqual({ rate: 0, count: 2, recall: 1 / 2, auroc: 3 / 4 })
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
