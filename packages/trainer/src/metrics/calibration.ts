import { sum } from '../data/choose.js'
import { isRight, mean, type Prediction, share } from './prediction.js'

/** The utterances whose confidence falls between two bounds: calibrated where `accuracy` equals `confidence`. */
export interface ReliabilityBin {
  from: number
  to: number
  count: number
  /** Mean, 0 to 1; 0 in an empty bin. */
  confidence: number
  accuracy: number
}

const BINS = 15

export function reliabilityBins(predictions: Prediction[]): ReliabilityBin[] {
  return Array.from({ length: BINS }, (_, bin) => {
    const inside = predictions.filter(({ confidence }) => Math.min(Math.floor(confidence * BINS), BINS - 1) === bin)
    return {
      from: bin / BINS,
      to: (bin + 1) / BINS,
      count: inside.length,
      confidence: mean(inside.map((prediction) => prediction.confidence)),
      accuracy: share(inside, isRight),
    }
  })
}

/** The mean gap between confidence and accuracy, by the share of utterances in each bin (Naeini et al. 2015). */
export function expectedError(bins: ReliabilityBin[]): number {
  const count = sum(bins.map((bin) => bin.count))
  return sum(bins.map((bin) => bin.count * Math.abs(bin.accuracy - bin.confidence))) / (count || 1)
}

/** The mean squared distance between the probabilities of all intents and the truth (Brier 1950): 0 is perfect, 2 the worst. */
export function brierScore(predictions: Prediction[]): number {
  return mean(
    predictions.map(({ intent, ranking }) => {
      const truth = ranking.find((one) => one.intent === intent)?.confidence ?? 0
      return sum(ranking.map(({ confidence }) => confidence ** 2)) - truth ** 2 + (1 - truth) ** 2
    }),
  )
}
