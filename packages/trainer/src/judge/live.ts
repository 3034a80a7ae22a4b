import type { LogEvent } from '@colloquy/core'
import { differenceInterval, type Interval, shareInterval } from './intervals.js'

/** Something that happened so often in so many cases. */
export interface Rate {
  hits: number
  count: number
  interval: Interval
}

/** What came of the conversations that one version of a model took part in. */
export interface Outcome {
  model: string
  conversations: number
  /** Turns that it read. */
  turns: number
  /** Turns that ended in a fallback or in a question which intent was meant, or were turned away. */
  fallback: Rate
  /** Turns after which the customer corrected a value. */
  correction: Rate
  /** Conversations that were handed over to a person. */
  handoff: Rate
  /** Dialogs that ran to their end, of those that it opened. */
  completion: Rate
  /** Thumbs up, of all thumbs. */
  thumbs: Rate
  /** Turns on which a model in its shadow thought otherwise. */
  shadow: Rate
}

const RATES = ['fallback', 'correction', 'handoff', 'completion', 'thumbs', 'shadow'] as const
type Tally = Record<(typeof RATES)[number], { hits: number; count: number }> & {
  conversations: Set<string>
  turns: number
}

/** Versions side by side, and how far each lies from the first with 95 % confidence. */
export interface LiveComparison {
  outcomes: Outcome[]
  /** By version, then by what is counted; the first version is what the others are compared with. */
  differences: { model: string; rates: Record<(typeof RATES)[number], { difference: number; interval: Interval }> }[]
}

/**
 * Reads from a bot's log how each version of its model has fared. What is no turn belongs to the version that read the last
 * turn of its conversation.
 *
 * @param baseline The version that the others are compared with; by default the one with the most turns.
 */
export async function compareLive(events: AsyncIterable<LogEvent>, baseline?: string): Promise<LiveComparison> {
  const tallies = new Map<string, Tally>()
  const reading = new Map<string, string>()
  for await (const event of events) {
    if (event.type === 'customer' && event.understanding?.model !== undefined) {
      reading.set(event.conversation, event.understanding.model)
    }
    const model = reading.get(event.conversation)
    if (model === undefined) continue
    const tally = tallies.get(model) ?? empty()
    tallies.set(model, tally)
    count(tally, event)
  }
  const outcomes = [...tallies]
    .map(([model, tally]) => outcome(model, tally))
    .sort((a, b) => Number(b.model === baseline) - Number(a.model === baseline) || b.turns - a.turns)
  const [first, ...others] = outcomes
  return { outcomes, differences: first ? others.map((other) => differences(first, other)) : [] }
}

function empty(): Tally {
  const zero = () => ({ hits: 0, count: 0 })
  const rates = Object.fromEntries(RATES.map((name) => [name, zero()])) as Record<
    (typeof RATES)[number],
    ReturnType<typeof zero>
  >
  return { ...rates, conversations: new Set(), turns: 0 }
}

function count(tally: Tally, event: LogEvent): void {
  const add = (rate: (typeof RATES)[number], hit: boolean) => {
    tally[rate].count++
    if (hit) tally[rate].hits++
  }
  if (event.type === 'customer') {
    if (!tally.conversations.has(event.conversation)) {
      tally.conversations.add(event.conversation)
      tally.handoff.count++
    }
    tally.turns++
    const { understanding, decision } = event
    if (understanding) add('fallback', decision === 'fallback' || decision === 'clarify' || understanding.outOfScope)
    if (understanding) add('shadow', understanding.shadow !== undefined)
    add('correction', decision === 'correct')
  } else if (event.type === 'handoff' && event.event === 'asked') tally.handoff.hits++
  else if (event.type === 'feedback') add('thumbs', event.value > 0)
  else if (event.type === 'dialog' && event.event === 'started' && event.intent !== undefined) tally.completion.count++
  else if (event.type === 'dialog' && event.event === 'finished') {
    tally.completion.hits = Math.min(tally.completion.hits + 1, tally.completion.count)
  }
}

function outcome(model: string, { conversations, turns, ...tally }: Tally): Outcome {
  const rates = RATES.map((name) => {
    const { hits, count } = tally[name]
    return [name, { hits, count, interval: shareInterval(hits, count) }] as const
  })
  const named = Object.fromEntries(rates) as Record<(typeof RATES)[number], Rate>
  return { model, conversations: conversations.size, turns, ...named }
}

function differences(first: Outcome, other: Outcome): LiveComparison['differences'][number] {
  const rates = RATES.map((name) => {
    const [a, b] = [first[name], other[name]]
    const difference = b.hits / (b.count || 1) - a.hits / (a.count || 1)
    return [name, { difference, interval: differenceInterval(a, b) }] as const
  })
  return { model: other.model, rates: Object.fromEntries(rates) as LiveComparison['differences'][number]['rates'] }
}
