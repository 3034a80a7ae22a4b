import { OUT_OF_SCOPE } from '../data/split.js'
import { chance } from '../format.js'
import type { Prediction } from '../metrics/prediction.js'
import { type Interval, mcnemar, pairedInterval } from './intervals.js'

/** An utterance on which two models part. */
export interface Change {
  text: string
  intent: string
  /** What each decides: an intent, or `oos` where it turns the utterance away. */
  before: string
  after: string
}

/** One intent, or all of them, under two models. */
export interface Difference {
  /** Utterances. */
  count: number
  /** Shares that are decided rightly: the intent that was meant and not turned away, or rightly turned away. */
  before: number
  after: number
  /** `after` less `before`, with 95 % confidence. */
  interval: Interval
}

/** Two models on the same utterances. */
export interface Comparison extends Difference {
  /** The chance of such a difference between equals (McNemar's exact test). */
  p: number
  newlyRight: Change[]
  newlyWrong: Change[]
  /** Those that changed, the greatest loss first. */
  intents: (Difference & { intent: string })[]
  /** Why the second model should not replace the first; empty where it may. */
  objections: string[]
}

/** What is asked of a successor. */
export interface Gate {
  /** How much may be lost over all, as a share (0.005), if it can be by chance. */
  tolerance?: number
  /** Intents that may not lose more utterances than they gain. */
  critical?: readonly string[]
}

/**
 * Compares what two models decide about the same utterances, in the same order.
 *
 * @example
 * ```ts
 * const { after, interval, objections } = compare(await predict(old, examples), await predict(next, examples))
 * ```
 */
export function compare(before: Prediction[], after: Prediction[], gate: Gate = {}): Comparison {
  const pairs = before.map((one, n) => ({ one, other: after[n] as Prediction }))
  const newlyRight = pairs.filter(({ one, other }) => !isRight(one) && isRight(other)).map(change)
  const newlyWrong = pairs.filter(({ one, other }) => isRight(one) && !isRight(other)).map(change)
  const intents = [...new Set(before.map(({ intent }) => intent))]
    .map((intent) => ({ intent, ...difference(pairs.filter(({ one }) => one.intent === intent)) }))
    .filter((one) => one.before !== one.after)
    .sort((a, b) => a.after - a.before - (b.after - b.before))
  const all = difference(pairs)
  const found = { ...all, p: mcnemar(newlyRight.length, newlyWrong.length), newlyRight, newlyWrong, intents }
  return { ...found, objections: objections(found, gate) }
}

type Pair = { one: Prediction; other: Prediction }

function difference(pairs: Pair[]): Difference {
  const count = pairs.length
  const share = (right: (pair: Pair) => boolean) => pairs.filter(right).length / count
  const gained = pairs.filter(({ one, other }) => !isRight(one) && isRight(other)).length
  const lost = pairs.filter(({ one, other }) => isRight(one) && !isRight(other)).length
  return {
    count,
    before: share(({ one }) => isRight(one)),
    after: share(({ other }) => isRight(other)),
    interval: pairedInterval(gained, lost, count),
  }
}

function objections(
  { before, after, p, newlyRight, newlyWrong }: Omit<Comparison, 'objections'>,
  { tolerance = 0.005, critical = [] }: Gate,
): string[] {
  const points = ((before - after) * 100).toFixed(2)
  const found: string[] = []
  if (after < before && p < 0.05)
    found.push(`It decides ${points} points fewer rightly, which is no chance (${chance(p)}).`)
  else if (before - after > tolerance)
    found.push(`It decides ${points} points fewer rightly; ${tolerance * 100} may be lost.`)
  for (const intent of critical) {
    const of = (changes: Change[]) => changes.filter((one) => one.intent === intent).length
    const [lost, gained] = [of(newlyWrong), of(newlyRight)]
    if (lost > gained) found.push(`The critical intent ${intent} loses ${lost} utterances and gains ${gained}.`)
  }
  return found
}

function change({ one, other }: Pair): Change {
  return { text: one.text, intent: one.intent, before: decision(one), after: decision(other) }
}

const decision = ({ outOfScope, predicted }: Prediction) => (outOfScope ? OUT_OF_SCOPE : predicted)
const isRight = (prediction: Prediction) => decision(prediction) === prediction.intent
