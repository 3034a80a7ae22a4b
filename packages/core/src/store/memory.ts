import type { Conversation } from '../conversation.js'
import type { LogEvent } from '../log/event.js'
import { copyOf, type IncomingMessage } from '../message.js'
import type { Profile } from '../profile.js'
import type { Commit, Store, Stored } from './store.js'

interface Waiting {
  message: IncomingMessage
  due: number
}

interface Row {
  person: string
  at: number
  document: Conversation
  version: number
  due: number | undefined
  settled: boolean
}

/**
 * A store that ends with the process: for tests and trials.
 *
 * @example
 * ```ts
 * const bot = createBot({ dialogs, classifier, store: memory(), channels: [] })
 * ```
 */
export function memory(): Store {
  const rows = new Map<string, Row>()
  const inbox = new Map<string, Map<string, Waiting>>()
  const profiles = new Map<string, Profile>()
  let log: LogEvent[] = []
  const messages = () => [...inbox.values()].flatMap((waiting) => [...waiting.values()].map(({ message }) => message))
  const whose = (people: readonly string[]) => (one: { person: string }) => people.includes(one.person)
  return {
    shared: false,
    async open() {},
    async close() {},
    async load(conversation): Promise<Stored | undefined> {
      const row = rows.get(conversation)
      return row && { document: copyOfDocument(row.document), version: row.version, settled: row.settled }
    },
    async save({ document, expected, events, due, handled, profile }: Commit) {
      if ((rows.get(document.id)?.version ?? 0) !== expected) return false
      rows.set(document.id, {
        person: document.person,
        at: Date.now(),
        document: copyOfDocument(document),
        version: expected + 1,
        due,
        settled: document.outbox.length === 0,
      })
      for (const event of events) log.push(event)
      const waiting = inbox.get(document.id)
      if (handled !== undefined) waiting?.delete(handled)
      if (waiting?.size === 0) inbox.delete(document.id)
      if (profile) profiles.set(profile.person, copyOf(profile))
      return true
    },
    async settle(conversation, version, due) {
      const row = rows.get(conversation)
      if (row?.version !== version) return
      row.settled = true
      row.due = due
    },
    async append(message, due) {
      const waiting = inbox.get(message.conversation) ?? new Map<string, Waiting>()
      if (!waiting.has(message.id)) inbox.set(message.conversation, waiting.set(message.id, { message, due }))
    },
    async waiting(conversation, limit) {
      const oldest: IncomingMessage[] = []
      for (const { message } of inbox.get(conversation)?.values() ?? []) {
        if (oldest.length === limit) break
        oldest.push(message)
      }
      return oldest
    },
    async due(now, limit) {
      const times = [...rows].map(([id, row]) => ({ id, due: row.due ?? Number.POSITIVE_INFINITY }))
      for (const [id, waiting] of inbox) for (const { due } of waiting.values()) times.push({ id, due })
      const overdue = times.filter(({ due }) => due <= now).sort((a, b) => a.due - b.due)
      return [...new Set(overdue.map(({ id }) => id))].slice(0, limit)
    },
    async history(conversation, limit) {
      return log.filter((event) => event.conversation === conversation).slice(-limit)
    },
    async *events(since = 0) {
      for (const event of [...log]) if (event.at >= since) yield event
    },
    async profile(person) {
      const found = profiles.get(person)
      return found && copyOf(found)
    },
    async keep(profile) {
      profiles.set(profile.person, copyOf(profile))
    },
    async export(people) {
      return {
        profiles: people.flatMap((person) => profiles.get(person) ?? []).map(copyOf),
        conversations: [...rows.values()].filter(whose(people)).map((row) => copyOfDocument(row.document)),
        waiting: messages().filter(whose(people)),
        events: log.filter(whose(people)),
      }
    },
    async forget(people) {
      for (const person of people) profiles.delete(person)
      for (const [id, row] of rows) if (whose(people)(row)) rows.delete(id)
      for (const { conversation, id } of messages().filter(whose(people))) {
        inbox.get(conversation)?.delete(id)
        if (inbox.get(conversation)?.size === 0) inbox.delete(conversation)
      }
      log = log.filter((event) => !whose(people)(event))
    },
    async expire({ events = 0, conversations = 0 }) {
      log = log.filter((event) => event.at >= events)
      for (const [id, row] of rows) {
        if (row.at < conversations && row.due === undefined && !inbox.has(id)) rows.delete(id)
      }
    },
  }
}

/** The ids that a document remembers are most of it, and strings, which nobody can change. */
function copyOfDocument(document: Conversation): Conversation {
  const copy = copyOf({ ...document, seen: [] as string[] })
  copy.seen = [...document.seen]
  return copy
}
