import { countBy, sum } from './data/choose.js'

/** What a model said of an utterance whose intent is known. */
export interface Prediction {
  text: string
  /** What the utterance means, by its label. */
  intent: string
  /** The model's likeliest intent. */
  predicted: string
  /** Calibrated probability of `predicted`, 0 to 1. */
  confidence: number
  /** The model's verdict that no intent covers the utterance. */
  outOfScope: boolean
  /** The score behind that verdict: higher is more in scope. */
  score: number
}

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

/** The utterances whose confidence falls between two bounds: calibrated where `accuracy` equals `confidence`. */
export interface ReliabilityBin {
  from: number
  to: number
  count: number
  /** Mean, 0 to 1; 0 in an empty bin. */
  confidence: number
  accuracy: number
}

/** How well a model does on labelled utterances. Shares are 0 to 1. */
export interface Scores {
  /** Utterances with an intent, which all figures but `outOfScope.recall` and `outOfScope.auroc` are about. */
  count: number
  /** Share whose likeliest intent is the labelled one, whatever the out-of-scope verdict. */
  accuracy: number
  /** Mean F1 over the intents that the data has or the model gave. */
  macroF1: number
  /** Expected calibration error over 15 bins of equal width (Naeini et al. 2015). */
  ece: number
  /** In alphabetical order. */
  intents: IntentScores[]
  /** Every pair that occurs, the most frequent first. */
  confusions: Confusion[]
  reliability: ReliabilityBin[]
  outOfScope: {
    /** Share of the `count` utterances that were turned away. */
    rate: number
    /** Utterances that no intent covers. */
    count: number
    /** Share of these that were turned away; null without any. */
    recall: number | null
    /** Area under the ROC curve: the chance that an utterance in scope scores over one that is not; null without any. */
    auroc: number | null
  }
}

const BINS = 15

/**
 * Scores predictions. `outside` are the predictions for utterances that no intent covers.
 *
 * @example
 * ```ts
 * const said = { text: 'hi', intent: 'greet', predicted: 'greet', confidence: 0.9, outOfScope: false, score: 4 }
 * score([said]).accuracy // 1
 * ```
 */
export function score(predictions: Prediction[], outside: Prediction[] = []): Scores {
  const intents = intentScores(predictions)
  const reliability = reliabilityBins(predictions)
  const turnedAway = (of: Prediction[]) => share(of, (prediction) => prediction.outOfScope)
  return {
    count: predictions.length,
    accuracy: share(predictions, isRight),
    macroF1: mean(intents.map((scores) => scores.f1)),
    ece: sum(reliability.map((bin) => bin.count * Math.abs(bin.accuracy - bin.confidence))) / (predictions.length || 1),
    intents,
    confusions: confusions(predictions),
    reliability,
    outOfScope: {
      rate: turnedAway(predictions),
      count: outside.length,
      recall: outside.length > 0 ? turnedAway(outside) : null,
      auroc: auroc(
        predictions.map((prediction) => prediction.score),
        outside.map((prediction) => prediction.score),
      ),
    },
  }
}

function intentScores(predictions: Prediction[]): IntentScores[] {
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

function confusions(predictions: Prediction[]): Confusion[] {
  const pairs = new Map<string, Confusion>()
  const wrong = predictions.filter((prediction) => !isRight(prediction)).sort((a, b) => b.confidence - a.confidence)
  for (const { intent, predicted, text } of wrong) {
    const key = JSON.stringify([intent, predicted])
    const pair = pairs.get(key) ?? { intent, predicted, count: 0, example: text }
    pairs.set(key, { ...pair, count: pair.count + 1 })
  }
  return [...pairs.values()].sort((a, b) => b.count - a.count)
}

function reliabilityBins(predictions: Prediction[]): ReliabilityBin[] {
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

/** By rank sums (Mann and Whitney 1947); equal scores count half. */
function auroc(inScope: number[], outside: number[]): number | null {
  if (inScope.length === 0 || outside.length === 0) return null
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

const isRight = (prediction: Prediction) => prediction.intent === prediction.predicted
const mean = (values: number[]) => sum(values) / (values.length || 1)
const share = <T>(values: T[], holds: (value: T) => boolean) => values.filter(holds).length / (values.length || 1)
