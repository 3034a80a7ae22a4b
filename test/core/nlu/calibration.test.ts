import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { calibrate, energy, softmax } from '../../../packages/core/dist/nlu/calibration.js'

const logit = fc.double({ min: -40, max: 40, noNaN: true })
const logits = fc.array(logit, { minLength: 2, maxLength: 40 })
const temperature = fc.double({ min: 0.1, max: 10, noNaN: true })

function rule(labels: number, temperature = 1, threshold = 0) {
  const outOfScope = { score: 'energy', threshold, recall: 1 } as const
  return { labels: Array.from({ length: labels }, (_, i) => `intent ${i}`), temperature, outOfScope }
}

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
        const { intent, confidence, ranking } = calibrate(z, rule(z.length, t))
        const order = ranking.map((entry) => z[Number(entry.intent.split(' ')[1])] as number)
        expect(new Set(ranking.map((entry) => entry.intent)).size).toBe(z.length)
        expect(ranking[0]).toEqual({ intent, confidence })
        // Probabilities of far smaller logits are all 0: among equals any order will do.
        order.slice(1).forEach((value, i) => {
          if (value > (order[i] as number)) expect(ranking[i + 1]?.confidence).toBe(ranking[i]?.confidence)
        })
      }),
    )
  })

  it('is out of scope exactly when the energy is under the threshold', () => {
    fc.assert(
      fc.property(logits, temperature, logit, (z, t, threshold) => {
        const { score, outOfScope } = calibrate(z, rule(z.length, t, threshold))
        expect(score).toBe(energy(z, t))
        expect(outOfScope).toBe(score < threshold)
      }),
    )
  })

  it('is in scope at the threshold itself', () => {
    expect(calibrate([2, 2], rule(2, 1, energy([2, 2], 1))).outOfScope).toBe(false)
  })

  it('is refused for logits that are not numbers', () => {
    expect(() => calibrate([1, Number.NaN], rule(2))).toThrow(expect.objectContaining({ code: 'classifier_failed' }))
    expect(() => calibrate([1, Number.POSITIVE_INFINITY], rule(2))).toThrow('not finite')
  })
})
