import { isRight, type Prediction, share } from '../metrics/prediction.js'
import { type Interval, pairedInterval } from './intervals.js'

/** What quantisation costs: a model beside its unquantised twin. */
export interface ExactComparison {
  /** Utterances in scope. */
  count: number
  /** Of the twin, 0 to 1. */
  accuracy: number
  /** Share of the utterances that both take for the same intent. */
  agreement: number
  /** The twin's accuracy less the model's: what quantisation has cost. */
  cost: number
  /** Of the cost, with 95 % confidence. */
  interval: Interval
}

/** Compares what a model and its twin say of the same utterances, in the same order. */
export function compareExact(model: Prediction[], twin: Prediction[]): ExactComparison {
  const pairs = model.map((one, n) => ({ one, other: twin[n] as Prediction }))
  const gained = pairs.filter(({ one, other }) => !isRight(one) && isRight(other)).length
  const lost = pairs.filter(({ one, other }) => isRight(one) && !isRight(other)).length
  return {
    count: pairs.length,
    accuracy: share(twin, isRight),
    agreement: share(pairs, ({ one, other }) => one.predicted === other.predicted),
    cost: (gained - lost) / (pairs.length || 1),
    interval: pairedInterval(gained, lost, pairs.length),
  }
}
