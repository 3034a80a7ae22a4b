import { brierScore, expectedError, type ReliabilityBin, reliabilityBins } from './metrics/calibration.js'
import { type Coverage, coverageOf } from './metrics/coverage.js'
import { type Confusion, confusionPairs, type IntentScores, intentScores } from './metrics/intents.js'
import { isRight, mean, type Prediction, share } from './metrics/prediction.js'
import { type ScopeScores, scopeScores } from './metrics/scope.js'
import { byLength, byScript, type Slice } from './metrics/slices.js'

/** How well a model does on labelled utterances. Shares are 0 to 1. */
export interface Scores {
  /** Utterances with an intent, which all figures but those of utterances out of scope are about. */
  count: number
  /** Share whose likeliest intent is the labelled one, whatever the out-of-scope verdict. */
  accuracy: number
  /** Share whose labelled intent is among the three likeliest. */
  top3: number
  /** Mean F1 over the intents that the data has or the model gave. */
  macroF1: number
  /** Expected calibration error over 15 bins of equal width (Naeini et al. 2015). */
  ece: number
  /** Mean squared error of the probabilities of all intents (Brier 1950), 0 to 2. */
  brier: number
  /** In alphabetical order. */
  intents: IntentScores[]
  /** Every pair that occurs, the most frequent first. */
  confusions: Confusion[]
  reliability: ReliabilityBin[]
  coverage: Coverage
  slices: { length: Slice[]; script: Slice[] }
  outOfScope: ScopeScores
}

/**
 * Scores predictions. `outside` are the predictions for utterances that no intent covers.
 *
 * @example
 * ```ts
 * const ranking = [{ intent: 'greet', confidence: 0.9 }, { intent: 'bye', confidence: 0.1 }]
 * const said = { text: 'hi', intent: 'greet', predicted: 'greet', confidence: 0.9, ranking, outOfScope: false, score: 4 }
 * score([said]).accuracy // 1
 * ```
 */
export function score(predictions: Prediction[], outside: Prediction[] = []): Scores {
  const intents = intentScores(predictions)
  const reliability = reliabilityBins(predictions)
  return {
    count: predictions.length,
    accuracy: share(predictions, isRight),
    top3: share(predictions, ({ intent, ranking }) => ranking.slice(0, 3).some((one) => one.intent === intent)),
    macroF1: mean(intents.map((scores) => scores.f1)),
    ece: expectedError(reliability),
    brier: brierScore(predictions),
    intents,
    confusions: confusionPairs(predictions),
    reliability,
    coverage: coverageOf(predictions),
    slices: { length: byLength(predictions), script: byScript(predictions) },
    outOfScope: scopeScores(predictions, outside),
  }
}
