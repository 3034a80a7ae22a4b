import type { Prediction } from '../metrics/prediction.js'

/** Examples of each intent, at most. */
const EACH = 2

/**
 * What a model must still answer wherever it is loaded, one line each: of every intent the two examples that it knows best. A
 * person may add to them what must never be got wrong.
 */
export function golden(predictions: Prediction[]): string {
  const known = predictions
    .filter(({ intent, predicted, outOfScope }) => predicted === intent && !outOfScope)
    .sort((a, b) => b.confidence - a.confidence)
  const taken = new Map<string, number>()
  return known
    .filter(({ intent }) => {
      const before = taken.get(intent) ?? 0
      taken.set(intent, before + 1)
      return before < EACH
    })
    .map(({ text, intent }) => `${JSON.stringify({ text, intent })}\n`)
    .join('')
}
