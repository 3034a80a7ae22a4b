import type {
  Generated,
  InsertQueryBuilder,
  InsertResult,
  Kysely,
  RawBuilder,
  UpdateQueryBuilder,
  UpdateResult,
} from 'kysely'
import { keyOf } from './key.js'
import type { Commit } from './store.js'

/** Ids are kept as keys (see `keyOf`), and JSON as text: PostgreSQL's own JSON refuses a NUL in a string. */
export interface Tables {
  conversations: {
    id: string
    person: string
    version: number
    document: string
    settled: number
    due: number | null
    at: number
  }
  inbox: {
    /** Its place in its conversation. */
    seq: number
    conversation: string
    person: string
    id: string
    message: string
    due: number
  }
  events: { seq: Generated<number>; conversation: string; person: string; at: number; event: string }
  profiles: { person: string; profile: string }
}

/** The tables' names with the prefix. They are typed as without it, so that queries are checked. */
export type Names = { [K in keyof Tables]: K }

/** A turn's write as rows. */
export interface Write {
  expected: number
  row: Omit<Tables['conversations'], 'version'>
  events: Omit<Tables['events'], 'seq'>[]
  /** The key of the waiting message that was handled; empty if none. */
  handled: string
  profile: Tables['profiles'] | undefined
}

type Insert<T extends keyof Tables> = InsertQueryBuilder<Tables, T, InsertResult>

type Settle = UpdateQueryBuilder<Tables, 'conversations', 'conversations', UpdateResult>

/** What one database does in its own way. */
export interface Flavour {
  name: string
  connect(): Promise<Kysely<Tables>>
  /** Each is run once, in order. Append, never edit. */
  migrations(names: Names): Promise<readonly RawBuilder<unknown>[][]>
  /** Leaves out a row that is there already. */
  once<T extends keyof Tables>(insert: Insert<T>): Insert<T>
  /** Writes over a profile that is there already. */
  replace(insert: Insert<'profiles'>): Insert<'profiles'>
  save(db: Kysely<Tables>, names: Names, write: Write): Promise<boolean>
  /** Makes an update's commit not wait for the disk, where that can be said: what it loses in a crash is done again. */
  lazy?(update: Settle): Settle
}

export function namesOf(prefix: string): Names {
  const tables: (keyof Tables)[] = ['conversations', 'inbox', 'events', 'profiles']
  return Object.fromEntries(tables.map((table) => [table, prefix + table])) as Names
}

export function writeOf({ document, expected, events, due, handled, profile }: Commit): Write {
  return {
    expected,
    row: {
      id: keyOf(document.id),
      person: keyOf(document.person),
      document: JSON.stringify(document),
      settled: document.outbox.length === 0 ? 1 : 0,
      due: due ?? null,
      at: Date.now(),
    },
    events: events.map((event) => ({
      conversation: keyOf(event.conversation),
      person: keyOf(event.person),
      at: event.at,
      event: JSON.stringify(event),
    })),
    handled: handled === undefined ? '' : keyOf(handled),
    profile: profile && { person: keyOf(profile.person), profile: JSON.stringify(profile) },
  }
}
