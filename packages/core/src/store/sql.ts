import type { Kysely } from 'kysely'
import type { LogEvent } from '../log/event.js'
import type { IncomingMessage } from '../message.js'
import { Connection } from './connection.js'
import { isDigest, keyOf } from './key.js'
import { append, waitingByName } from './sql-inbox.js'
import { type Flavour, namesOf, type Tables, writeOf } from './sql-tables.js'
import type { Store } from './store.js'

/** What `postgres` and `mysql` take. */
export interface SqlOptions {
  /** What the names of the tables begin with (`colloquy_`): bots with different prefixes may share a database. */
  prefix?: string
}

/** How many events one read of the log takes at a time. */
const PAGE = 500
/** How many waiting messages the sweep looks at to find the conversations longest overdue. */
const HEAD = 1000
/** What PostgreSQL and MySQL call a transaction that was undone to let another one pass. */
const DEADLOCK = new Set<unknown>(['40P01', '40001', 'ER_LOCK_DEADLOCK'])

/** The store over any database that Kysely speaks to. */
export function sqlStore(flavour: Flavour, url: string, { prefix = 'colloquy_' }: SqlOptions): Store {
  const names = namesOf(prefix)
  const { conversations, inbox, events, profiles } = names
  const connection = new Connection<Kysely<Tables>>(flavour.name, url, (error) =>
    DEADLOCK.has((error as { code?: unknown }).code),
  )

  /** Kysely lets one process migrate at a time, under a lock that ends with its connection. */
  async function migrate(db: Kysely<Tables>): Promise<void> {
    const { Migrator } = await import('kysely')
    const steps = (await flavour.migrations(names)).map((statements, n) => {
      const up = async (on: Kysely<unknown>) => {
        for (const statement of statements) await statement.execute(on)
      }
      return [String(n + 1).padStart(3, '0'), { up }]
    })
    const { error } = await new Migrator({
      db,
      provider: { getMigrations: async () => Object.fromEntries(steps) },
      migrationTableName: `${prefix}migrations`,
      migrationLockTableName: `${prefix}migrations_lock`,
    }).migrateToLatest()
    if (/previously executed migration \S+ is missing/.test(String(error))) throw connection.newer()
    if (error) throw error
  }

  /** Whether a bot of this version or an older one has been here; whatever is missing is not made. */
  async function refuseForeign(db: Kysely<Tables>): Promise<void> {
    const steps = await flavour.migrations(names)
    const done = db
      .selectFrom(`${prefix}migrations` as keyof Tables)
      .selectAll()
      .execute()
    const { length } = await done.catch(() => [])
    if (length === 0) throw connection.foreign()
    if (length > steps.length) throw connection.newer()
  }

  async function idOf(db: Kysely<Tables>, key: string): Promise<string> {
    if (!isDigest(key)) return key
    const waiting = await db.selectFrom(inbox).select('message').where('conversation', '=', key).executeTakeFirst()
    if (waiting) return (JSON.parse(waiting.message) as IncomingMessage).conversation
    const found = await db.selectFrom(conversations).select('document').where('id', '=', key).executeTakeFirst()
    return found ? JSON.parse(found.document).id : key
  }

  return {
    shared: true,
    open: ({ existing = false } = {}) =>
      connection.open(async () => {
        const db = await flavour.connect()
        await (existing ? refuseForeign(db) : migrate(db)).catch(async (error) => {
          await db.destroy().catch(() => {})
          throw error
        })
        return db
      }),
    close: () => connection.close((db) => db.destroy()),
    load: (conversation) =>
      connection.use(async (db) => {
        const columns = ['document', 'version', 'settled'] as const
        const query = db.selectFrom(conversations).select(columns).where('id', '=', keyOf(conversation))
        const row = await query.executeTakeFirst()
        return row && { document: JSON.parse(row.document), version: row.version, settled: row.settled === 1 }
      }),
    save: (commit) => connection.use((db) => flavour.save(db, names, writeOf(commit))),
    settle: (conversation, version, due) =>
      connection.use(async (db) => {
        const all = db.updateTable(conversations).set({ settled: 1, due: due ?? null })
        const settled = all.where('id', '=', keyOf(conversation)).where('version', '=', version)
        await (flavour.lazy?.(settled) ?? settled).execute()
      }),
    append: (message, due) => connection.use((db) => append(db, flavour, inbox, message, due)),
    waiting: (conversation, limit) =>
      connection.use(async (db) => {
        const query = db.selectFrom(inbox).select('message').where('conversation', '=', keyOf(conversation))
        const rows = await query.orderBy('seq').limit(limit).execute()
        return rows.map((row): IncomingMessage => JSON.parse(row.message))
      }),
    due: (now, limit) =>
      connection.use(async (db) => {
        const waiting = db.selectFrom(inbox).select(['conversation as id', 'due']).where('due', '<=', now)
        const busy = db.selectFrom(conversations).select(['id', 'due']).where('due', '<=', now)
        const first = await waiting.orderBy('due').limit(HEAD).execute()
        const rows = [...first, ...(await busy.orderBy('due').limit(limit).execute())]
        const keys = rows.sort((a, b) => Number(a.due) - Number(b.due)).map((row) => row.id)
        // A long backlog of a few conversations must not hide the others.
        if (first.length === HEAD) keys.push(...(await waitingByName(db, inbox, now, limit)))
        return Promise.all([...new Set(keys)].slice(0, limit).map((key) => idOf(db, key)))
      }),
    history: (conversation, limit) =>
      connection.use(async (db) => {
        const query = db.selectFrom(events).select('event').where('conversation', '=', keyOf(conversation))
        const rows = await query.orderBy('seq', 'desc').limit(limit).execute()
        return rows.map((row): LogEvent => JSON.parse(row.event)).reverse()
      }),
    async *events(since = 0) {
      for (let seq = 0; ; ) {
        const rows = await connection.use((db) => {
          const query = db.selectFrom(events).select(['seq', 'event']).where('seq', '>', seq).where('at', '>=', since)
          return query.orderBy('seq').limit(PAGE).execute()
        })
        for (const row of rows) yield JSON.parse(row.event) as LogEvent
        if (rows.length < PAGE) return
        seq = rows.at(-1)?.seq ?? seq
      }
    },
    profile: (person) =>
      connection.use(async (db) => {
        const query = db.selectFrom(profiles).select('profile').where('person', '=', keyOf(person))
        const row = await query.executeTakeFirst()
        return row && JSON.parse(row.profile)
      }),
    keep: (profile) =>
      connection.use(async (db) => {
        const row = { person: keyOf(profile.person), profile: JSON.stringify(profile) }
        await flavour.replace(db.insertInto(profiles).values(row)).execute()
      }),
    export: (people) =>
      connection.use(async (db) => {
        const keys = keysOf(people)
        const known = db.selectFrom(profiles).select('profile as item').where('person', 'in', keys)
        const documents = db.selectFrom(conversations).select('document as item').where('person', 'in', keys)
        const waiting = db.selectFrom(inbox).select('message as item').where('person', 'in', keys).orderBy('seq')
        const logged = db.selectFrom(events).select('event as item').where('person', 'in', keys).orderBy('seq')
        const read = async (query: { execute(): Promise<{ item: string }[]> }) =>
          (await query.execute()).map((row) => JSON.parse(row.item))
        return {
          profiles: await read(known),
          conversations: await read(documents),
          waiting: await read(waiting),
          events: await read(logged),
        }
      }),
    forget: (people) =>
      connection.use((db) =>
        db.transaction().execute(async (one) => {
          // In the order in which a turn takes them, so that the two do not wait for each other.
          for (const table of [conversations, profiles, inbox, events]) {
            await one.deleteFrom(table).where('person', 'in', keysOf(people)).execute()
          }
        }),
      ),
    expire: (before) =>
      connection.use(async (db) => {
        const logged = db.deleteFrom(events).where('at', '<', before.events ?? 0)
        await logged.execute()
        const idle = db.deleteFrom(conversations).where('at', '<', before.conversations ?? 0)
        const nothing = idle.where('due', 'is', null).where(({ not, exists, selectFrom }) => {
          const waiting = selectFrom(inbox).select('seq')
          return not(exists(waiting.whereRef(`${inbox}.conversation`, '=', `${conversations}.id`)))
        })
        await nothing.execute()
      }),
  }
}

/** The empty string is no key: it stands for nobody, where SQL wants at least one. */
function keysOf(people: readonly string[]): string[] {
  return ['', ...people.map(keyOf)]
}
