import { isRight, mean, type Prediction } from './prediction.js'

/** What comes of answering only what the model is surest of. */
export interface CoveragePoint {
  /** Share of the utterances that are answered, the surest first. */
  coverage: number
  /** Share of these that are right. */
  accuracy: number
  /** Confidence from which on an utterance is answered. */
  confidence: number
}

/** How well confidence tells right from wrong answers (Geifman and El-Yaniv 2017). */
export interface Coverage {
  /** At most a hundred points, the smallest coverage first. */
  curve: CoveragePoint[]
  /** Accuracy where the surest 90 % are answered, and 95 %. */
  at90: number
  at95: number
  /** Area under the risk-coverage curve, the mean share of wrong answers over all coverages: less is better. */
  aurc: number
}

const POINTS = 100

/** Utterances of one confidence cannot be told apart by it, so their mistakes are spread evenly over them. */
export function coverageOf(predictions: Prediction[]): Coverage {
  const sorted = predictions.toSorted((a, b) => b.confidence - a.confidence)
  const wrong: number[] = [0]
  for (let start = 0; start < sorted.length; ) {
    let end = start
    while (end < sorted.length && sorted[end]?.confidence === sorted[start]?.confidence) end++
    const mistakes = sorted.slice(start, end).filter((one) => !isRight(one)).length
    for (let k = 1; k <= end - start; k++) wrong.push((wrong[start] ?? 0) + (mistakes * k) / (end - start))
    start = end
  }
  const point = (answered: number): CoveragePoint => ({
    coverage: answered / sorted.length,
    accuracy: 1 - (wrong[answered] ?? 0) / answered,
    confidence: sorted[answered - 1]?.confidence ?? 0,
  })
  // 0.95 * 100 is more than 95 in floating point.
  const at = (share: number) => Math.max(1, Math.ceil(share * sorted.length - 1e-9))
  const steps = sorted.length > 0 ? Array.from({ length: POINTS }, (_, i) => at((i + 1) / POINTS)) : []
  return {
    curve: [...new Set(steps)].map(point),
    at90: sorted.length > 0 ? point(at(0.9)).accuracy : 0,
    at95: sorted.length > 0 ? point(at(0.95)).accuracy : 0,
    aurc: mean(wrong.slice(1).map((count, i) => count / (i + 1))),
  }
}
