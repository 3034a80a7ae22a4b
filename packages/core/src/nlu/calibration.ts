import { ColloquyError } from '../errors.js'
import type { ModelCard } from './card.js'
import type { Classification, IntentScore } from './classifier.js'
import { type Head, logitsOf, nearestExemplar, ranked } from './head.js'

/** The part of a model card that turns logits into an answer. */
export type Calibration = Pick<ModelCard, 'labels' | 'temperature' | 'outOfScope'>

/** Softmax of `logits / temperature`: probabilities that sum to 1 (Guo et al. 2017, https://arxiv.org/abs/1706.04599). */
export function softmax(logits: ArrayLike<number>, temperature: number): number[] {
  const highest = maximum(logits)
  const values: number[] = []
  let sum = 0
  for (let i = 0; i < logits.length; i++) {
    const exponential = Math.exp(((logits[i] as number) - highest) / temperature)
    values.push(exponential)
    sum += exponential
  }
  for (let i = 0; i < values.length; i++) values[i] = (values[i] as number) / sum
  return values
}

/**
 * `temperature * logsumexp(logits / temperature)`: the free energy with its sign turned, so that higher is more in scope
 * (Liu et al. 2020, https://arxiv.org/abs/2010.03759).
 */
export function energy(logits: ArrayLike<number>, temperature: number): number {
  const highest = maximum(logits)
  let sum = 0
  for (let i = 0; i < logits.length; i++) sum += Math.exp(((logits[i] as number) - highest) / temperature)
  return highest + temperature * Math.log(sum)
}

/**
 * How much an utterance is like what the intents cover, as the mean of two measures, each in standard deviations from its
 * mean on validation texts: the energy of its logits, and its likeness to the nearest exemplar. Among what was tried (see
 * docs/training.md) no third measure added to them.
 */
export function scopeScore(
  energy: number,
  likeness: number,
  scales: Pick<ModelCard['outOfScope'], 'energy' | 'likeness'>,
): number {
  const scaled = (value: number, { mean, deviation }: { mean: number; deviation: number }) => (value - mean) / deviation
  return (scaled(energy, scales.energy) + scaled(likeness, scales.likeness)) / 2
}

/**
 * What the embedding of one utterance means: the intents with their probabilities, and whether any of them covers it.
 *
 * @throws ColloquyError `classifier_failed` if the embedding is not finite
 */
export function answer(embedding: ArrayLike<number>, head: Head, calibration: Calibration): Classification {
  const { labels, temperature, outOfScope } = calibration
  const logits = logitsOf(head, embedding)
  const measured = energy(logits, temperature)
  if (!Number.isFinite(measured)) {
    throw new ColloquyError(
      'classifier_failed',
      'The model gave an embedding that is not of finite numbers.',
      'Train it again.',
    )
  }
  const confidences = softmax(logits, temperature)
  const order = ranked(logits)
  const ranking: IntentScore[] = []
  for (const label of order) {
    ranking.push({ intent: labels[label] as string, confidence: confidences[label] as number })
  }
  const { likeness } = nearestExemplar(head, embedding, order)
  const score = scopeScore(measured, likeness, outOfScope)
  const threshold = outOfScope.thresholds[order[0] as number] as number
  return { ...(ranking[0] as IntentScore), ranking, outOfScope: score < threshold, score }
}

function maximum(values: ArrayLike<number>): number {
  let highest = Number.NEGATIVE_INFINITY
  for (let i = 0; i < values.length; i++) highest = Math.max(highest, values[i] as number)
  return highest
}
