import { countBy } from '../data/choose.js'
import { OUT_OF_SCOPE } from '../data/split.js'
import { combine, type Votes, type Weak } from './combine.js'
import { type Decision, standing, turnKey } from './decisions.js'
import { type Request, requestsOf } from './requests.js'
import type { Conversation } from './transcripts.js'
import { type LabelFunction, refuted } from './weak.js'

/** One text to label, however often it was said. */
export interface Item {
  /** The text as duplicates are recognised. */
  key: string
  text: string
  /** Everywhere it was said, the first one first. */
  requests: Request[]
  /** What each function says of it: the intent that it names most often. */
  votes: Votes
  /** What the functions say together. */
  weak: Weak | undefined
}

/** The distinct requests of conversations, with their weak labels, and how well the functions do. */
export interface Labelling {
  items: Item[]
  /** Customer turns, with or without a request. */
  turns: number
  /** The estimated accuracy of each function. */
  accuracy: ReadonlyMap<string, number>
}

/** Finds what was asked for, and labels it by what happened next. */
export function itemsOf(conversations: readonly Conversation[], functions: readonly LabelFunction[]): Labelling {
  const said = new Map<string, Request[]>()
  let turns = 0
  for (const conversation of conversations) {
    turns += conversation.turns.filter(({ role }) => role === 'customer').length
    for (const request of requestsOf(conversation)) said.set(request.key, [...(said.get(request.key) ?? []), request])
  }
  const groups = [...said.values()]
  const votes = groups.map((requests) => votesOf(requests, functions))
  const { labels, accuracy } = combine(votes)
  const items = groups.map((requests, i): Item => {
    const [first] = requests as [Request]
    return { key: first.key, text: first.text, requests, votes: votes[i] as Votes, weak: labels[i] }
  })
  return { items, turns, accuracy }
}

function votesOf(requests: Request[], functions: readonly LabelFunction[]): Votes {
  const votes = functions.flatMap(({ name, label }): [string, string][] => {
    const intents = requests.flatMap((request) => {
      const intent = label(request)
      return intent === undefined || intent === refuted(request) ? [] : [intent]
    })
    const [most] = [...countBy(intents)].sort((a, b) => b[1] - a[1])
    return most ? [[name, most[0]]] : []
  })
  return new Map(votes)
}

/** What a person has said of each item, by its key: of the turns with this text, the last decision that holds. */
export function decided(items: readonly Item[], events: readonly Decision[]): Map<string, Decision> {
  const held = standing(events)
  const order = new Map([...held.values()].map((one) => [one, events.indexOf(one)]))
  return new Map(
    items.flatMap(({ key, requests }): [string, Decision][] => {
      const found = requests.flatMap(({ conversation, turn }) => held.get(turnKey(conversation.id, turn)) ?? [])
      const [last] = found.sort((a, b) => (order.get(b) ?? 0) - (order.get(a) ?? 0))
      return last ? [[key, last]] : []
    }),
  )
}

/** The intent that a decision gives a text; none where it was put off. */
export function intentOf({ decision, intent }: Decision): string | undefined {
  return decision === 'oos' ? OUT_OF_SCOPE : intent
}
