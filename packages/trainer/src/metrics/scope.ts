import { type Prediction, share } from './prediction.js'

/** How utterances that no intent covers are told from those that one does. */
export interface Separation {
  /** Utterances that no intent covers. */
  count: number
  /** Share of these that were turned away. */
  recall: number
  /** Area under the ROC curve: the chance that an utterance in scope scores over one that is not. */
  auroc: number
  /** Share of these that would be let in by the threshold that lets in 95 % of what is in scope. */
  fpr95: number
}

/** What is turned away, rightly or not. Shares are 0 to 1; what needs utterances out of scope is null without any. */
export interface ScopeScores {
  /** Share of the utterances in scope that were turned away. */
  rate: number
  count: number
  recall: number | null
  auroc: number | null
  fpr95: number | null
  /** Those that sound like the domain, labelled `oos`, and those of another domain altogether. */
  near: Separation | null
  far: Separation | null
  /** How many utterances score within each of 24 equal steps; absent without any out of scope. */
  histogram?: HistogramStep[]
}

/** Utterances whose score lies between two bounds. */
export interface HistogramStep {
  from: number
  to: number
  inScope: number
  near: number
  far: number
}

const KEPT = 0.95
const STEPS = 24
const turnedAway = (prediction: Prediction) => prediction.outOfScope

export function scopeScores(inScope: Prediction[], outside: Prediction[]): ScopeScores {
  const all = separation(inScope, outside)
  const near = outside.filter(({ far }) => !far)
  const far = outside.filter(({ far }) => far)
  return {
    rate: share(inScope, turnedAway),
    count: outside.length,
    recall: all?.recall ?? null,
    auroc: all?.auroc ?? null,
    fpr95: all?.fpr95 ?? null,
    near: separation(inScope, near),
    far: separation(inScope, far),
    ...(all && { histogram: histogram(inScope, near, far) }),
  }
}

function separation(inScope: Prediction[], outside: Prediction[]): Separation | null {
  if (inScope.length === 0 || outside.length === 0) return null
  const [inside, others] = [scores(inScope), scores(outside)]
  const threshold = inside.toSorted((a, b) => b - a)[Math.ceil(KEPT * inside.length - 1e-9) - 1] ?? 0
  return {
    count: outside.length,
    recall: share(outside, turnedAway),
    auroc: auroc(inside, others),
    fpr95: share(others, (score) => score >= threshold),
  }
}

/** By rank sums (Mann and Whitney 1947); equal scores count half. */
function auroc(inScope: number[], outside: number[]): number {
  const all = [...inScope.map((value) => ({ value, in: true })), ...outside.map((value) => ({ value, in: false }))]
  all.sort((a, b) => a.value - b.value)
  let ranks = 0
  for (let start = 0; start < all.length; ) {
    let end = start
    while (end < all.length && all[end]?.value === all[start]?.value) end++
    ranks += all.slice(start, end).filter((item) => item.in).length * ((start + 1 + end) / 2)
    start = end
  }
  return (ranks - (inScope.length * (inScope.length + 1)) / 2) / (inScope.length * outside.length)
}

/** The lowest and the highest hundredth share the first and last step, or one odd score would squeeze all others into one. */
function histogram(inScope: Prediction[], near: Prediction[], far: Prediction[]): HistogramStep[] {
  const sorted = scores([...inScope, ...near, ...far]).sort((a, b) => a - b)
  const [low = 0, high = 0] = [0.01, 0.99].map((part) => sorted[Math.round(part * (sorted.length - 1))])
  const width = (high - low) / STEPS || 1
  const step = (score: number) => Math.min(STEPS - 1, Math.max(0, Math.floor((score - low) / width)))
  return Array.from({ length: STEPS }, (_, i) => {
    const inside = (of: Prediction[]) => of.filter(({ score }) => step(score) === i).length
    const [from, to] = [low + i * width, low + (i + 1) * width]
    return { from, to, inScope: inside(inScope), near: inside(near), far: inside(far) }
  })
}

const scores = (of: Prediction[]) => of.map(({ score }) => score)
