import { createHash } from 'node:crypto'
import type { Example } from './read.js'

/** One text in ten is taken out for validation. */
const VALIDATION_SHARE = 0.1

/** A conversation, or a text that stands alone or occurs in several of them: normalised texts and their intents. */
type Unit = Map<string, string>

/**
 * A text as duplicates are recognised: two that differ in case, punctuation or white space are the same one.
 *
 * @example
 * ```ts
 * normalise('Where is my card?') === normalise('where is my card') // true
 * ```
 */
export function normalise(text: string): string {
  const folded = text.normalize('NFKC').toLowerCase()
  return folded.replace(/[\p{P}\p{Z}\p{C}]/gu, '') || folded
}

/**
 * The normalised texts to validate on: of every intent with two texts or more a tenth, at least one, never all.
 * Conversations go as a whole while that helps more intents than it overfills; then single texts fill in for intents
 * that have none. Units come in the order of a hash of the seed and themselves, so the order of the data has no effect
 * and added data moves little.
 */
export function chooseValidation(examples: Example[], barred: Set<string>, seed: number): Set<string> {
  const intents = new Map<string, string>()
  for (const { text, intent } of examples) if (!intents.has(normalise(text))) intents.set(normalise(text), intent)

  const left = countBy([...intents.values()])
  const wanted = new Map<string, number>()
  for (const [intent, count] of left) {
    wanted.set(intent, count < 2 ? 0 : Math.max(1, Math.round(count * VALIDATION_SHARE)))
  }
  const missing = new Set([...wanted].filter(([, count]) => count > 0).map(([intent]) => intent))
  const chosen = new Set<string>()

  const take = (units: Map<string, Unit>, worthIt: (counts: Map<string, number>) => boolean) => {
    const rank = (name: string) => createHash('sha256').update(`${seed} ${name}`).digest('hex')
    const ranked = [...units].map(([name, unit]) => ({ rank: rank(name), unit }))
    for (const { unit } of ranked.sort((a, b) => (a.rank < b.rank ? -1 : 1))) {
      const counts = countBy([...unit.values()])
      const leavesSome = [...counts].every(([intent, count]) => (left.get(intent) ?? 0) > count)
      if (!leavesSome || !worthIt(counts) || [...unit.keys()].some((key) => barred.has(key))) continue
      for (const key of unit.keys()) chosen.add(key)
      for (const [intent, count] of counts) {
        missing.delete(intent)
        wanted.set(intent, (wanted.get(intent) ?? 0) - count)
        left.set(intent, (left.get(intent) ?? 0) - count)
      }
    }
  }
  take(unitsOf(examples, intents), (counts) => {
    const useful = [...counts].map(([intent, count]) => Math.max(0, Math.min(count, wanted.get(intent) ?? 0)))
    return 2 * sum(useful) > sum([...counts.values()])
  })
  const singles = [...intents].map(([key, intent]) => [`text ${key}`, new Map([[key, intent]])] as const)
  take(new Map(singles), (counts) => [...counts.keys()].some((intent) => missing.has(intent)))
  return chosen
}

function unitsOf(examples: Example[], intents: Map<string, string>): Map<string, Unit> {
  const homes = new Map<string, Set<string>>()
  for (const { text, conversation } of examples) {
    const key = normalise(text)
    const home = conversation === undefined ? `text ${key}` : `conversation ${conversation}`
    homes.set(key, (homes.get(key) ?? new Set()).add(home))
  }
  const units = new Map<string, Unit>()
  for (const [key, intent] of intents) {
    const [home = '', another] = homes.get(key) ?? []
    const name = another === undefined ? home : `text ${key}`
    units.set(name, (units.get(name) ?? new Map<string, string>()).set(key, intent))
  }
  return units
}

/** How often each value occurs. */
export function countBy(values: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return counts
}

/** The total of some numbers. */
export function sum(values: Iterable<number>): number {
  let total = 0
  for (const value of values) total += value
  return total
}
