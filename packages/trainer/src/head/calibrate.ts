import type { ModelCard } from '@colloquy/core'
import { energy, type Head, logitsOf, nearestExemplar, ranked, scopeScore } from '@colloquy/core/model'
import { sum } from '../data/choose.js'

// What packages/trainer/python/colloquy_trainer/calibrate.py does, where there is no Python. A test holds them together.

/** Exemplars of each intent. */
const EXEMPLARS = 8

/** Validation texts of an intent at which half of its threshold is its own, and half that of all. */
const SHRINKAGE = 40

/** Where validation repeats the training texts, likeness is 1 to all of them: its deviation must not come close to 0. */
const LEAST_DEVIATION = 0.01

/** The part of a model card that follows from validation texts. */
export type Rule = Pick<ModelCard, 'temperature' | 'outOfScope'>

/** The temperature and the out-of-scope rule of a head, from validation texts. */
export function calibrate(head: Head, embeddings: Float32Array[], intents: number[], recall: number): Rule {
  const logits = embeddings.map((embedding) => logitsOf(head, embedding))
  const temperature = fitTemperature(logits, intents)
  const energies = logits.map((z) => energy(z, temperature))
  const likenesses = embeddings.map(
    (embedding, i) => nearestExemplar(head, embedding, ranked(logits[i] as Float32Array)).likeness,
  )
  const scales = { energy: scale(energies), likeness: scale(likenesses) }
  const scores = energies.map((value, i) => scopeScore(value, likenesses[i] as number, scales))
  const predicted = logits.map((z) => z.indexOf(Math.max(...z)))
  const labels = head.bias.columns
  return { temperature, outOfScope: { recall, ...scales, thresholds: thresholds(scores, predicted, labels, recall) } }
}

/**
 * The temperature of least negative log-likelihood (Guo et al. 2017, https://arxiv.org/abs/1706.04599), by a ternary search
 * of its one valley. As in Platt (1999) a small share of each label is spread over all.
 */
export function fitTemperature(logits: Float32Array[], intents: number[]): number {
  const spread = 1 / (intents.length + 2)
  const loss = (logTemperature: number) => {
    const temperature = Math.exp(logTemperature)
    let total = 0
    for (const [i, z] of logits.entries()) {
      const target = (1 - spread) * (z[intents[i] as number] as number) + spread * (sum(z) / z.length)
      total += (energy(z, temperature) - target) / temperature
    }
    return total
  }
  let [low, high] = [Math.log(0.05), Math.log(20)]
  while (high - low > 1e-4) {
    const third = (high - low) / 3
    if (loss(low + third) < loss(high - third)) high -= third
    else low += third
  }
  return Math.exp((low + high) / 2)
}

function thresholds(scores: number[], predicted: number[], labels: number, recall: number): number[] {
  const whole = quantile(scores, 1 - recall)
  const own = Array.from({ length: labels }, (_, label) => {
    const found = scores.filter((_, i) => predicted[i] === label)
    return found.length && (found.length / (found.length + SHRINKAGE)) * (quantile(found, 1 - recall) - whole)
  })
  const rest = quantile(
    scores.map((score, i) => score - (own[predicted[i] as number] as number)),
    1 - recall,
  )
  return own.map((threshold) => threshold + rest)
}

/** A few directions that stand for the embeddings of an intent: the first nearest to their mean, then the farthest from those taken. */
export function exemplarsOf(embeddings: Float32Array[]): Int8Array[] {
  const centre = mean(embeddings)
  const taken = [place(embeddings, (x) => dot(x, centre), Math.max)]
  while (taken.length < Math.min(EXEMPLARS, embeddings.length)) {
    taken.push(place(embeddings, (x) => Math.max(...taken.map((i) => dot(x, embeddings[i] as Float32Array))), Math.min))
  }
  // Where there are fewer texts than exemplars some are taken again, and nothing is nearest to those.
  const heads = Array.from(
    { length: EXEMPLARS },
    (_, i) => embeddings[taken[i % taken.length] as number] as Float32Array,
  )
  const nearest = embeddings.map((x) => place(heads, (head) => dot(x, head), Math.max))
  return heads.map((head, i) => {
    const group = embeddings.filter((_, at) => nearest[at] === i)
    const middle = group.length > 0 ? mean(group) : head
    const longest = Math.max(...middle.map(Math.abs))
    return Int8Array.from(middle, (value) => Math.round((127 * value) / longest))
  })
}

/** The first of `items` whose value is the best one. */
function place<T>(items: T[], value: (item: T) => number, best: (...values: number[]) => number): number {
  const values = items.map(value)
  return values.indexOf(best(...values))
}

export function mean(vectors: Float32Array[]): Float32Array {
  const total = new Float32Array((vectors[0] as Float32Array).length)
  for (const vector of vectors)
    for (let i = 0; i < total.length; i++) total[i] = (total[i] as number) + (vector[i] as number)
  return total.map((value) => value / vectors.length)
}

function dot(a: Float32Array, b: Float32Array): number {
  let product = 0
  for (let i = 0; i < a.length; i++) product += (a[i] as number) * (b[i] as number)
  return product
}

function scale(values: number[]): { mean: number; deviation: number } {
  const average = sum(values) / values.length
  const variance = sum(values.map((value) => (value - average) ** 2)) / values.length
  return { mean: average, deviation: Math.max(LEAST_DEVIATION, Math.sqrt(variance)) }
}

/** Between two values in a line, as NumPy does. */
function quantile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const place = share * (sorted.length - 1)
  const [low, high] = [sorted[Math.floor(place)] as number, sorted[Math.ceil(place)] as number]
  return low + (high - low) * (place - Math.floor(place))
}
