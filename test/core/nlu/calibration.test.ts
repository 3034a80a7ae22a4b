import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { answer, energy, scopeScore, softmax } from '../../../packages/core/dist/nlu/calibration.js'
import { type Head, ranked } from '../../../packages/core/dist/nlu/head.js'
import { expected, load } from './fixture.js'

const logit = fc.double({ min: -40, max: 40, noNaN: true })
const logits = fc.array(logit, { minLength: 2, maxLength: 40 })
const temperature = fc.double({ min: 0.1, max: 10, noNaN: true })

const measures = { energy: { mean: 3, deviation: 2 }, likeness: { mean: 0.8, deviation: 0.1 } }

function rule(labels: number, temperature = 1, threshold = 0) {
  const names = Array.from({ length: labels }, (_, i) => `intent ${i}`)
  return { labels: names, temperature, outOfScope: { recall: 1, ...measures, thresholds: names.map(() => threshold) } }
}

/** A head that gives these logits for the embedding [1, 0], and whose exemplars lie at these cosines to it. */
function head(logits: number[], cosines = logits.map(() => 1)): Head {
  const rows = logits.length
  const columns = (values: number[]) => Float32Array.from(values.flatMap((value) => [value, 0]))
  return {
    weight: { rows, columns: 2, values: columns(logits) },
    bias: { rows: 1, columns: rows, values: new Float32Array(rows) },
    exemplars: {
      rows,
      columns: 2,
      values: Int8Array.from(cosines.flatMap((at) => [at * 120, Math.sqrt(1 - at * at) * 120])),
    },
  }
}

const ask = (logits: number[], calibration = rule(logits.length), cosines?: number[]) =>
  answer([1, 0], head(logits, cosines), calibration)

describe('probabilities', () => {
  it('lie between 0 and 1 and sum to 1', () => {
    fc.assert(
      fc.property(logits, temperature, (z, t) => {
        const p = softmax(z, t)
        expect(p.every((value) => value >= 0 && value <= 1)).toBe(true)
        expect(p.reduce((a, b) => a + b)).toBeCloseTo(1, 12)
      }),
    )
  })

  it('do not change when all logits move by a constant', () => {
    fc.assert(
      fc.property(logits, temperature, logit, (z, t, by) => {
        const moved = softmax(
          z.map((value) => value + by),
          t,
        )
        for (const [i, value] of softmax(z, t).entries()) expect(moved[i]).toBeCloseTo(value, 9)
      }),
    )
  })

  it('stay finite for logits that overflow an exponential', () => {
    expect(softmax([1e4, -1e4, 1e4], 0.5)).toEqual([0.5, 0, 0.5])
  })

  it('get no surer as the temperature rises', () => {
    fc.assert(
      fc.property(logits, temperature, temperature, (z, a, b) => {
        const [cool, warm] = [Math.min(a, b), Math.max(a, b)]
        expect(Math.max(...softmax(z, warm))).toBeLessThanOrEqual(Math.max(...softmax(z, cool)) + 1e-12)
      }),
    )
  })
})

describe('energy', () => {
  it('is log-sum-exp at temperature 1', () => {
    expect(energy([1, 2, 3], 1)).toBeCloseTo(Math.log(Math.exp(1) + Math.exp(2) + Math.exp(3)), 12)
  })

  it('lies between the highest logit and that plus temperature * log(labels)', () => {
    fc.assert(
      fc.property(logits, temperature, (z, t) => {
        const highest = Math.max(...z)
        expect(energy(z, t)).toBeGreaterThanOrEqual(highest - 1e-9)
        expect(energy(z, t)).toBeLessThanOrEqual(highest + t * Math.log(z.length) + 1e-9)
      }),
    )
  })

  it('moves with the logits, which softmax cannot see', () => {
    fc.assert(
      fc.property(logits, temperature, logit, (z, t, by) => {
        const moved = z.map((value) => value + by)
        expect(energy(moved, t)).toBeCloseTo(energy(z, t) + by, 9)
      }),
    )
  })
})

describe('a classification', () => {
  it('ranks every intent once, in the order of the logits', () => {
    fc.assert(
      fc.property(logits, temperature, (z, t) => {
        const { intent, confidence, ranking } = ask(z, rule(z.length, t))
        const order = ranking.map((entry) => Math.fround(z[Number(entry.intent.split(' ')[1])] as number))
        expect(new Set(ranking.map((entry) => entry.intent)).size).toBe(z.length)
        expect(ranking[0]).toEqual({ intent, confidence })
        // Probabilities of far smaller logits are all 0: among equals any order will do.
        order.slice(1).forEach((value, i) => {
          if (value > (order[i] as number)) expect(ranking[i + 1]?.confidence).toBe(ranking[i]?.confidence)
        })
      }),
    )
  })

  it('ranks equal logits in the order of the labels', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 40 }), (z) => {
        expect([...ranked(z)]).toEqual([...z.keys()].sort((a, b) => (z[b] as number) - (z[a] as number)))
      }),
    )
  })

  it('is out of scope exactly when its score is under the threshold of its intent', () => {
    fc.assert(
      fc.property(logits, fc.array(logit, { minLength: 40, maxLength: 40 }), (z, thresholds) => {
        const calibration = rule(z.length)
        calibration.outOfScope.thresholds = thresholds.slice(0, z.length)
        const { intent, score, outOfScope } = ask(z, calibration)
        expect(outOfScope).toBe(score < (thresholds[calibration.labels.indexOf(intent)] as number))
      }),
    )
  })

  it('scores as many standard deviations as energy and likeness lie over their means, half and half', () => {
    expect(scopeScore(3, 0.8, measures)).toBe(0)
    expect(scopeScore(5, 0.8, measures)).toBeCloseTo(0.5, 9)
    expect(scopeScore(3, 0.6, measures)).toBeCloseTo(-1, 9)
  })

  it('looks for the nearest exemplar among those of its three likeliest intents', () => {
    const near = (cosines: number[]) => ask([9, 8, 7, 6], rule(4), cosines).score
    expect(near([0.1, 0.2, 0.9, 0])).toBeCloseTo(near([0.9, 0, 0, 0]), 6)
    expect(near([0.5, 0, 0, 0.9])).toBeCloseTo(near([0.5, 0, 0, 0]), 6)
    expect(near([0.5, 0, 0, 0])).toBeLessThan(near([0.6, 0, 0, 0]))
  })

  it('is in scope at the threshold itself', () => {
    const { score } = ask([2, 2])
    expect(ask([2, 2], rule(2, 1, score)).outOfScope).toBe(false)
  })

  it('is refused for an embedding that is not of numbers', () => {
    const [weights, calibration] = [head([1, 2]), rule(2)]
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => answer([bad, 0], weights, calibration)).toThrow(
        expect.objectContaining({ code: 'classifier_failed' }),
      )
    }
  })

  it('is what the trainer says of the same text in Python', async () => {
    const nlu = await load(1)
    for (const { text, intent, confidence, score, outOfScope } of expected.filter(({ text }) =>
      /\p{L}|\p{N}/u.test(text),
    )) {
      const given = await nlu.classify(text)
      expect({ text, intent: given.intent, outOfScope: given.outOfScope }).toEqual({ text, intent, outOfScope })
      expect(Math.abs(given.confidence - confidence)).toBeLessThan(1e-4)
      expect(Math.abs(given.score - score)).toBeLessThan(1e-3)
    }
  })
})
