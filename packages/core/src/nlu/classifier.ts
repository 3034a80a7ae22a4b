/** An intent and its calibrated probability. */
export interface IntentScore {
  intent: string
  /** 0 to 1. */
  confidence: number
}

/** What one utterance means. */
export interface Classification extends IntentScore {
  /** All intents, best first. */
  ranking: IntentScore[]
  /** True when no intent covers the utterance: the score is under the model's threshold. */
  outOfScope: boolean
  /** The out-of-scope score (higher is more in scope) that the verdict compares with the threshold. */
  score: number
}

/** Tells what a customer wants. `classifier(folder)` loads one that the trainer wrote; any object of this shape will do. */
export interface Classifier {
  readonly labels: readonly string[]
  classify(text: string): Promise<Classification>
  close(): Promise<void>
}
