import type { Decision } from '../decide.js'
import type { Classification } from '../nlu/classifier.js'

/** Why a person should look at a turn: it teaches the next model more than others do. */
export type Review = 'out_of_scope' | 'low_margin' | 'corrected'

/** The first intent is hardly likelier than the second (Scheffer et al. 2001: margin sampling). */
const LOW_MARGIN = 0.2

/** Whether a turn is worth labelling, and why. */
export function reviewOf({ type }: Decision, classification: Classification | undefined): Review | undefined {
  if (type === 'correct' || type === 'closed') return 'corrected'
  // An answer to a question is no example of an intent.
  if (!classification || type === 'answer') return undefined
  if (classification.outOfScope) return 'out_of_scope'
  return marginOf(classification) < LOW_MARGIN ? 'low_margin' : undefined
}

/** By how much the first intent is likelier than the second. */
export function marginOf({ ranking: [first, second] }: Pick<Classification, 'ranking'>): number {
  return (first?.confidence ?? 0) - (second?.confidence ?? 0)
}
