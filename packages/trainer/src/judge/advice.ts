import type { Confusion, IntentScores } from '../metrics/intents.js'

/** Something to label, or to decide, next. */
export interface Advice {
  /** One intent, or two that are confused. */
  intents: string[]
  /** What was seen. */
  why: string
  /** What helps. */
  what: string
  /** Utterances that would be understood if it helped to the full. */
  gain: number
}

/** Mistakes from which on a pair or an intent is no matter of chance. */
const MISTAKES = 3

/** Utterances under which the figures of an intent say little. */
const FEW = 10

/**
 * What to label next, the most worthwhile first: pairs that are confused, then intents that are weak beside them.
 *
 * @example
 * ```ts
 * for (const { intents, what } of advise(evaluation)) console.log(intents.join(' and '), what)
 * ```
 */
export function advise({ intents, confusions }: { intents: IntentScores[]; confusions: Confusion[] }): Advice[] {
  const pairs = pairsOf(confusions).filter(({ gain }) => gain >= MISTAKES)
  const named = new Set(pairs.flatMap((pair) => pair.intents))
  const weak = intents.filter(({ intent }) => !named.has(intent)).flatMap(weakness)
  return [...pairs, ...weak].sort((a, b) => b.gain - a.gain)
}

function pairsOf(confusions: Confusion[]): Advice[] {
  const pairs = new Map<string, Confusion[]>()
  for (const one of confusions) {
    const key = JSON.stringify([one.intent, one.predicted].sort())
    pairs.set(key, [...(pairs.get(key) ?? []), one])
  }
  return [...pairs.values()].map(pairAdvice)
}

/** The ways in which a pair is confused, the more frequent first: `confusions` come in that order. */
function pairAdvice([one, other]: Confusion[]): Advice {
  const { intent, predicted, count, example } = one as Confusion
  const pair = { intents: [intent, predicted], gain: count + (other?.count ?? 0) }
  if (other && other.count * 2 >= count) {
    return {
      ...pair,
      why: `taken for one another, ${count} and ${other.count} times`,
      what: 'Write down what tells them apart and label 10 to 20 more of each where it shows. If nobody can tell, make them one intent.',
    }
  }
  return {
    ...pair,
    why: `${predicted} was understood ${count} times where ${intent} was meant`,
    what: `Label 10 to 20 more utterances of ${intent} that sound like “${example}”.`,
  }
}

function weakness({ intent, precision, recall, support }: IntentScores): Advice[] {
  const missed = Math.round((1 - recall) * support)
  if (support > 0 && support < FEW && missed > 0) {
    const why = `${missed} of ${support} utterances were missed, and ${support} say little`
    return [
      { intents: [intent], why, what: `Label at least 20 more utterances of it, some of them to test.`, gain: missed },
    ]
  }
  if (missed < MISTAKES) return []
  const why = `recall ${Math.round(recall * 100)} %, precision ${Math.round(precision * 100)} %`
  const what =
    recall < precision
      ? 'Customers say it in more ways than it has learned: label more of what they say.'
      : 'It attracts what belongs to others: look through its training utterances for wrong labels.'
  return [{ intents: [intent], why, what, gain: missed }]
}
