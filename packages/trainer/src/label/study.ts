import type { Encoder, IntentScore } from '@colloquy/core'
import type { Example } from '../data/read.js'
import { OUT_OF_SCOPE } from '../data/split.js'
import { embedAll } from '../head/embed.js'
import { clustersOf } from './clusters.js'
import { uncoveredBy } from './coverage.js'
import type { Decision } from './decisions.js'
import { labelOf } from './examples.js'
import { decided, type Item } from './items.js'
import { dot, fitRanker, type Known, margin, outOfSample } from './opinion.js'
import { phrasesOf } from './phrases.js'
import { queueOf } from './queue.js'
import { suspectsOf } from './suspects.js'

/** Under this a lead is no lead: two intents are as likely. */
const CLOSE = 0.2

/** What a model and the labels so far say of an item. */
export interface Opinion {
  /** The likeliest three. */
  ranking: IntentScore[]
  outOfScope: boolean
  embedding: Float32Array
}

/** Something that no intent covers, said often. */
export interface Discovery {
  /** Its most telling phrases. */
  name: string
  items: Item[]
}

/** A label that may be wrong. */
export interface Doubt {
  item: Item
  label: string
  suggested: string
  by: number
}

/** Everything that a model tells of the items: what to ask a person next, and why. */
export interface Study {
  /** By the key of an item. */
  opinions: ReadonlyMap<string, Opinion>
  /** What a text may be taken for. */
  intents: readonly string[]
  /** Labelled examples, to find the nearest among. */
  known: (Known & { text: string })[]
  discoveries: Discovery[]
  doubts: Doubt[]
}

/**
 * Asks a model about the items. Where it knows none of the intents that they are labelled with, as in a new domain, only its
 * encoder is used: a head on it is fitted to the labels so far, and each text is ranked by a head that has not seen it.
 *
 * @param examples what is known beside the conversations
 */
export async function study(
  model: Pick<Encoder, 'labels' | 'classify' | 'embed'>,
  items: readonly Item[],
  events: readonly Decision[],
  examples: readonly Example[],
  signal: AbortSignal,
): Promise<Study> {
  const embeddings = await embedAll(
    model,
    [...items, ...examples].map(({ text }) => text),
    signal,
  )
  const vector = (i: number) => embeddings[i] as Float32Array
  const decisions = decided(items, events)
  const labelled = items.flatMap((item, i) => {
    const intent = labelOf(item, decisions.get(item.key))?.intent
    return intent === undefined || intent === OUT_OF_SCOPE
      ? []
      : [{ item, i, text: item.text, embedding: vector(i), intent }]
  })
  const others = examples.flatMap(({ text, intent }, i) =>
    intent === OUT_OF_SCOPE ? [] : [{ text, intent, embedding: vector(items.length + i) }],
  )
  const known = [...labelled, ...others]
  const rankings = known.length > 0 ? await outOfSample(known) : []
  const rank = await fitRanker(known)
  const unseen = new Map(labelled.map(({ item }, i) => [item.key, rankings[i] ?? []]))
  const labels = new Set(model.labels)
  const knows = known.length === 0 || known.some(({ intent }) => labels.has(intent))

  const uncovered = uncoveredBy(known.map(({ embedding }) => embedding))
  const opinions = new Map<string, Opinion>()
  for (const [i, { key, text }] of items.entries()) {
    signal.throwIfAborted()
    const embedding = vector(i)
    if (knows) {
      const { ranking, outOfScope } = await model.classify(text)
      opinions.set(key, { ranking: ranking.slice(0, 3), outOfScope, embedding })
    } else {
      const ranking = unseen.get(key) ?? rank(embedding)
      opinions.set(key, { ranking: ranking.slice(0, 3), outOfScope: uncovered(embedding), embedding })
    }
  }
  const open = items.filter((item) => {
    const opinion = opinions.get(item.key) as Opinion
    return (
      !decisions.has(item.key) && !labelOf(item, undefined) && (opinion.outOfScope || margin(opinion.ranking) < CLOSE)
    )
  })
  return {
    opinions,
    intents: [...new Set([...(knows ? model.labels : []), ...known.map(({ intent }) => intent)])],
    known,
    discoveries: discover(open, opinions),
    doubts: suspectsOf(
      known.map(({ intent }) => intent),
      rankings,
    ).flatMap(({ index, ...doubt }) => {
      const item = labelled[index]?.item
      return item ? [{ item, ...doubt }] : []
    }),
  }
}

function discover(items: readonly Item[], opinions: ReadonlyMap<string, Opinion>): Discovery[] {
  const clusters = clustersOf(items.map(({ key }) => (opinions.get(key) as Opinion).embedding))
  const groups = clusters.map((cluster) => cluster.map((i) => items[i] as Item))
  const names = phrasesOf(groups.map((group) => group.map(({ text }) => text)))
  return groups.map((items, i) => ({ items, name: names[i]?.join(' · ') || (items[0]?.text ?? '') }))
}

/** The items to decide next, the most worthwhile first. */
export function next(
  items: readonly Item[],
  { opinions, doubts }: Study,
  events: readonly Decision[],
  count: number,
): Item[] {
  const decisions = decided(items, events)
  const doubted = new Set(doubts.map(({ item }) => item))
  const open = items.filter(({ key }) => !decisions.has(key))
  const candidates = open.map((item) => {
    const { ranking, outOfScope, embedding } = opinions.get(item.key) as Opinion
    const top = ranking[0]?.intent
    const disagrees = doubted.has(item) || (item.weak !== undefined && top !== undefined && item.weak.intent !== top)
    return { embedding, margin: margin(ranking), outOfScope, disagrees, marked: isMarked(item) }
  })
  const decidedOnes = items.flatMap(({ key }) => (decisions.has(key) ? [(opinions.get(key) as Opinion).embedding] : []))
  return queueOf(candidates, count, decidedOnes).map((i) => open[i] as Item)
}

/** The log says that a person should look at it: it was turned away, hardly sure, corrected or thumbed down. */
function isMarked({ requests }: Item): boolean {
  return requests.some(({ conversation, turn }) => conversation.turns[turn]?.review !== undefined)
}

/** The known examples that are nearest to a text. */
export function nearest(known: Study['known'], embedding: Float32Array, intent: string, count: number): string[] {
  return known
    .filter((one) => one.intent === intent && one.embedding !== embedding)
    .map((one) => ({ text: one.text, near: dot(one.embedding, embedding) }))
    .sort((a, b) => b.near - a.near)
    .slice(0, count)
    .map(({ text }) => text)
}
