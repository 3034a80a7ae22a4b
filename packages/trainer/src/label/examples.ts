import type { Decision } from './decisions.js'
import { decided, type Item, intentOf } from './items.js'

/** A labelled conversation, as {@link readExamples} reads it. */
export interface Labelled {
  id: string
  split?: string
  turns: { role: 'customer'; text: string; intent: string; by: string }[]
}

/** What a weak label must be for nobody to look at it. */
export const SURE = 0.8

/** The intent of an item: what a person has decided, or a weak label that is sure. */
export function labelOf(item: Item, decision: Decision | undefined): { intent: string; by: string } | undefined {
  if (decision) {
    const intent = intentOf(decision)
    return intent === undefined ? undefined : { intent, by: decision.by }
  }
  const { weak } = item
  return weak && weak.confidence >= SURE ? { intent: weak.intent, by: 'weak' } : undefined
}

/** The labelled turns, by conversation: examples to train on, of which a text has one intent wherever it was said. */
export function examplesOf(items: readonly Item[], events: readonly Decision[]): Labelled[] {
  const decisions = decided(items, events)
  const found = new Map<string, Labelled>()
  for (const item of items) {
    const label = labelOf(item, decisions.get(item.key))
    if (!label) continue
    for (const { conversation, text } of item.requests) {
      const { id, split } = conversation
      const labelled = found.get(id) ?? { id, ...(split !== undefined && { split }), turns: [] }
      labelled.turns.push({ role: 'customer', text, ...label })
      found.set(id, labelled)
    }
  }
  return [...found.values()]
}
