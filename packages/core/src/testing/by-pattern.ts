import type { Classification, Classifier } from '../nlu/classifier.js'

/**
 * A classifier for tests: the first pattern that matches is the intent; nothing that matches is out of scope.
 *
 * @example
 * ```ts
 * const classifier = byPattern({ request_refund: /refund/, track_order: /where is/ })
 * ```
 */
export function byPattern(intents: Record<string, RegExp>, labels: Iterable<string> = []): Classifier {
  const all = [...new Set([...Object.keys(intents), ...labels])]
  return {
    labels: all,
    async classify(text): Promise<Classification> {
      const found = Object.entries(intents).find(([, pattern]) => pattern.test(text))?.[0]
      const rest = found === undefined ? Math.min(0.2, 1 / all.length) : 0.05 / Math.max(1, all.length - 1)
      const ranking = all
        .map((intent) => ({ intent, confidence: intent === found ? 0.95 : rest }))
        .sort((a, b) => b.confidence - a.confidence)
      const [{ intent, confidence } = { intent: '', confidence: 0 }] = ranking
      return { intent, confidence, ranking, outOfScope: found === undefined, score: confidence }
    },
    async close() {},
  }
}
