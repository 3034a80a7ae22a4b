import { ColloquyError } from '../errors.js'
import type { ModelCard } from './card.js'
import type { Classification } from './classifier.js'

/** The part of a model card that turns logits into an answer. */
export type Calibration = Pick<ModelCard, 'labels' | 'temperature' | 'outOfScope'>

/** Softmax of `logits / temperature`: probabilities that sum to 1 (Guo et al. 2017, https://arxiv.org/abs/1706.04599). */
export function softmax(logits: ArrayLike<number>, temperature: number): number[] {
  const highest = maximum(logits)
  const exponentials = Array.from(logits, (logit) => Math.exp((logit - highest) / temperature))
  const sum = exponentials.reduce((a, b) => a + b)
  return exponentials.map((exponential) => exponential / sum)
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
 * What the logits of one utterance mean: the intents with their probabilities, and whether any of them covers it.
 *
 * @throws ColloquyError `classifier_failed` if the logits are not finite
 */
export function calibrate(logits: ArrayLike<number>, calibration: Calibration): Classification {
  const score = energy(logits, calibration.temperature)
  if (!Number.isFinite(score)) {
    throw new ColloquyError(
      'classifier_failed',
      'The model gave logits that are not finite numbers.',
      'Train it again.',
    )
  }
  const ranking = softmax(logits, calibration.temperature)
    .map((confidence, i) => ({ intent: calibration.labels[i] as string, confidence }))
    .sort((a, b) => b.confidence - a.confidence)
  const best = ranking[0] as (typeof ranking)[number]
  return { ...best, ranking, outOfScope: score < calibration.outOfScope.threshold, score }
}

function maximum(values: ArrayLike<number>): number {
  let highest = Number.NEGATIVE_INFINITY
  for (let i = 0; i < values.length; i++) highest = Math.max(highest, values[i] as number)
  return highest
}
