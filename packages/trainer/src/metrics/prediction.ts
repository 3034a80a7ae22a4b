import type { IntentScore } from '@colloquy/core'
import { sum } from '../data/choose.js'

/** What a model said of an utterance whose intent is known. */
export interface Prediction {
  text: string
  /** What the utterance means, by its label. */
  intent: string
  /** The model's likeliest intent. */
  predicted: string
  /** Calibrated probability of `predicted`, 0 to 1. */
  confidence: number
  /** All intents, best first. */
  ranking: readonly IntentScore[]
  /** The model's verdict that no intent covers the utterance. */
  outOfScope: boolean
  /** The score behind that verdict: higher is more in scope. */
  score: number
  /** True for an utterance of another domain altogether. */
  far?: true
}

export const isRight = (prediction: Prediction) => prediction.intent === prediction.predicted
export const mean = (values: number[]) => sum(values) / (values.length || 1)
export const share = <T>(values: T[], holds: (value: T) => boolean) =>
  values.filter(holds).length / (values.length || 1)
