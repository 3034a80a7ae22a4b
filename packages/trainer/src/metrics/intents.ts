import { countBy } from '../data/choose.js'
import { isRight, type Prediction } from './prediction.js'

/** How well one intent is found. */
export interface IntentScores {
  intent: string
  /** Share of the utterances that were given this intent which have it, 0 to 1; 0 where none was given it. */
  precision: number
  /** Share of the utterances with this intent that were given it, 0 to 1; 0 where the data has none. */
  recall: number
  /** Harmonic mean of the two. */
  f1: number
  /** Utterances with this intent. */
  support: number
}

/** One intent taken for another. */
export interface Confusion {
  intent: string
  predicted: string
  count: number
  /** The utterance that was confused most confidently. */
  example: string
}

/** In alphabetical order. */
export function intentScores(predictions: Prediction[]): IntentScores[] {
  const support = countBy(predictions.map((prediction) => prediction.intent))
  const given = countBy(predictions.map((prediction) => prediction.predicted))
  const right = countBy(predictions.filter(isRight).map((prediction) => prediction.intent))
  return [...new Set([...support.keys(), ...given.keys()])]
    .sort((a, b) => a.localeCompare(b, 'en'))
    .map((intent) => {
      const [hits, of, as] = [right.get(intent) ?? 0, support.get(intent) ?? 0, given.get(intent) ?? 0]
      return { intent, precision: hits / (as || 1), recall: hits / (of || 1), f1: (2 * hits) / (of + as), support: of }
    })
}

/** The most frequent first. */
export function confusionPairs(predictions: Prediction[]): Confusion[] {
  const pairs = new Map<string, Confusion>()
  const wrong = predictions.filter((prediction) => !isRight(prediction)).sort((a, b) => b.confidence - a.confidence)
  for (const { intent, predicted, text } of wrong) {
    const key = JSON.stringify([intent, predicted])
    const pair = pairs.get(key) ?? { intent, predicted, count: 0, example: text }
    pairs.set(key, { ...pair, count: pair.count + 1 })
  }
  return [...pairs.values()].sort((a, b) => b.count - a.count)
}
