import type { Database } from 'libsql'
import { ColloquyError, missing, reason } from '../errors.js'
import type { LogEvent } from '../log/event.js'
import type { Profile } from '../profile.js'
import { Batch } from './batch.js'
import type { Commit, Store } from './store.js'

/** Each is run once, in order; `user_version` counts them. Append, never edit. */
const MIGRATIONS = [
  `CREATE TABLE conversations (
     id TEXT PRIMARY KEY, person TEXT NOT NULL, version INTEGER NOT NULL, document TEXT NOT NULL,
     settled INTEGER NOT NULL, due INTEGER, at INTEGER NOT NULL
   );
   CREATE INDEX conversations_person ON conversations (person);
   CREATE INDEX conversations_due ON conversations (due) WHERE due IS NOT NULL;
   CREATE TABLE inbox (
     seq INTEGER PRIMARY KEY AUTOINCREMENT, conversation TEXT NOT NULL, person TEXT NOT NULL, id TEXT NOT NULL,
     message TEXT NOT NULL, due INTEGER NOT NULL, UNIQUE (conversation, id)
   );
   CREATE INDEX inbox_due ON inbox (due);
   CREATE TABLE events (
     seq INTEGER PRIMARY KEY AUTOINCREMENT, conversation TEXT NOT NULL, person TEXT NOT NULL, at INTEGER NOT NULL,
     event TEXT NOT NULL
   );
   CREATE INDEX events_conversation ON events (conversation, seq);
   CREATE INDEX events_person ON events (person);
   CREATE TABLE profiles (person TEXT PRIMARY KEY, profile TEXT NOT NULL);`,
]

/** The write-ahead log still holds what was deleted. */
const EMPTY_LOG = 'PRAGMA wal_checkpoint(TRUNCATE)'
/** How many events one read of the log takes at a time. */
const PAGE = 500

/**
 * The embedded store: one file, written ahead (WAL), so that what was saved survives the process being killed.
 *
 * @param path - the file, made where it does not exist.
 * @throws {@link ColloquyError} on `open`: `missing_dependency` without `libsql`, `store_unavailable` where the file
 *   cannot be opened or was written by a newer version.
 * @example
 * ```ts
 * import { sqlite } from '@colloquy/core/store/sqlite'
 * const bot = createBot({ dialogs, classifier, store: sqlite('./bot.db'), channels: [] })
 * ```
 */
export function sqlite(path: string): Store {
  let statements: ReturnType<typeof prepare> | undefined
  let database: Database | undefined

  /** Runs one piece of work, with what the driver throws told as ours. */
  function use<T>(work: (ready: ReturnType<typeof prepare>) => T): T {
    if (!statements)
      throw new ColloquyError('store_unavailable', `The store ${path} is not open.`, 'Call bot.start() first.')
    try {
      return work(statements)
    } catch (error) {
      throw new ColloquyError('store_unavailable', `SQLite at ${path}: ${reason(error)}.`, '', { cause: error })
    }
  }

  const batch = new Batch((work) => use(({ transact }) => transact(work)))

  /** The stored JSON of some people. */
  function read<T>(query: string, people: readonly string[]): T[] {
    const rows = use(() => database?.prepare(`${query} (${people.map(() => '?')})`).all(...people)) as {
      item: string
    }[]
    return rows.map((row) => JSON.parse(row.item))
  }

  return {
    shared: false,
    async open({ existing = false } = {}) {
      const { default: Driver } = await import('libsql').catch((error) => {
        throw missing('libsql', 'npm install libsql', error)
      })
      try {
        database = new Driver(path)
        if (existing) refuseForeign(database, path)
        else database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON;')
        database.exec('PRAGMA busy_timeout = 5000;')
        migrate(database, path, existing)
        statements = prepare(database)
      } catch (error) {
        if (error instanceof ColloquyError) throw error
        throw new ColloquyError(
          'store_unavailable',
          `Cannot open ${path}: ${reason(error)}.`,
          'Is its folder writable?',
          {
            cause: error,
          },
        )
      }
    },
    async load(conversation) {
      const row = use(({ load }) => load.get(conversation)) as
        | { document: string; version: number; settled: number }
        | undefined
      return row && { document: JSON.parse(row.document), version: row.version, settled: row.settled === 1 }
    },
    async save(commit) {
      const row = rowOf(commit)
      return batch.add(() => use(({ save }) => save(row)))
    },
    async settle(conversation, version, due) {
      await batch.add(() => use(({ settle }) => settle.run(due ?? null, conversation, version)))
    },
    async append(message, due) {
      const { conversation, person, id } = message
      const text = JSON.stringify(message)
      await batch.add(() => use(({ append }) => append.run(conversation, person, id, text, due)))
    },
    async waiting(conversation, limit) {
      return (use(({ waiting }) => waiting.all(conversation, limit)) as { message: string }[]).map((row) =>
        JSON.parse(row.message),
      )
    },
    async due(now, limit) {
      return (use(({ due }) => due.all(now, limit)) as { id: string }[]).map((row) => row.id)
    },
    async history(conversation, limit) {
      return (use(({ history }) => history.all(conversation, limit)) as { event: string }[])
        .map((row): LogEvent => JSON.parse(row.event))
        .reverse()
    },
    async *events(since = 0) {
      for (let seq = 0; ; ) {
        const rows = use(({ events }) => events.all(seq, since, PAGE)) as { seq: number; event: string }[]
        for (const row of rows) yield JSON.parse(row.event) as LogEvent
        if (rows.length < PAGE) return
        seq = rows.at(-1)?.seq ?? seq
      }
    },
    async profile(person) {
      return read<Profile>('SELECT profile AS item FROM profiles WHERE person IN', [person])[0]
    },
    async keep(profile) {
      use(({ keep }) => keep.run(profile.person, JSON.stringify(profile)))
    },
    async export(people) {
      return {
        profiles: read('SELECT profile AS item FROM profiles WHERE person IN', people),
        conversations: read('SELECT document AS item FROM conversations WHERE person IN', people),
        waiting: read('SELECT message AS item FROM inbox WHERE person IN', people),
        events: read('SELECT event AS item FROM events WHERE person IN', people),
      }
    },
    async forget(people) {
      use(() => {
        for (const table of ['profiles', 'conversations', 'inbox', 'events']) {
          database?.prepare(`DELETE FROM ${table} WHERE person IN (${people.map(() => '?')})`).run(...people)
        }
        database?.exec(EMPTY_LOG)
      })
    },
    async expire({ events = 0, conversations = 0 }) {
      use(() => {
        database?.prepare('DELETE FROM events WHERE at < ?').run(events)
        const idle = 'at < ? AND due IS NULL AND id NOT IN (SELECT conversation FROM inbox)'
        database?.prepare(`DELETE FROM conversations WHERE ${idle}`).run(conversations)
        database?.exec(EMPTY_LOG)
      })
    },
    async close() {
      batch.flush()
      database?.close()
      database = undefined
      statements = undefined
    },
  }
}

/** Another program's file stays as it is. */
function refuseForeign(database: Database, path: string): void {
  const ours = ['conversations', 'inbox', 'events', 'profiles'].map((name) => `'${name}'`)
  const query = `SELECT count(*) AS tables FROM sqlite_master WHERE type = 'table' AND name IN (${ours})`
  const { tables } = database.prepare(query).get() as { tables: number }
  if (tables === ours.length) return
  database.close()
  throw new ColloquyError('store_unavailable', `${path} holds no log of a bot.`, 'Is it the file of the bot?')
}

function migrate(database: Database, path: string, existing: boolean): void {
  const row = database.prepare('PRAGMA user_version').get() as { user_version: number }
  if (row.user_version > MIGRATIONS.length) {
    throw new ColloquyError(
      'store_unavailable',
      `${path} was written by a newer version of Colloquy.`,
      'Upgrade @colloquy/core.',
    )
  }
  if (existing) return
  MIGRATIONS.slice(row.user_version).forEach((sql, index) => {
    database.exec(`BEGIN; ${sql} PRAGMA user_version = ${row.user_version + index + 1}; COMMIT;`)
  })
}

/** What a turn writes, as it is now. */
function rowOf({ document, expected, events, due, handled, profile }: Commit) {
  return {
    id: document.id,
    person: document.person,
    expected,
    row: [JSON.stringify(document), document.outbox.length === 0 ? 1 : 0, due ?? null, Date.now()] as const,
    events: events.map((event) => [event.conversation, event.person, event.at, JSON.stringify(event)] as const),
    handled,
    profile: profile && ([profile.person, JSON.stringify(profile)] as const),
  }
}

function prepare(database: Database) {
  const insert = database.prepare(
    'INSERT INTO conversations (id, person, version, document, settled, due, at) VALUES (?, ?, 1, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
  )
  const update = database.prepare(
    'UPDATE conversations SET person = ?, version = version + 1, document = ?, settled = ?, due = ?, at = ? WHERE id = ? AND version = ?',
  )
  const log = database.prepare('INSERT INTO events (conversation, person, at, event) VALUES (?, ?, ?, ?)')
  const keep = database.prepare('INSERT OR REPLACE INTO profiles (person, profile) VALUES (?, ?)')
  const taken = database.prepare('DELETE FROM inbox WHERE conversation = ? AND id = ?')
  return {
    load: database.prepare('SELECT document, version, settled FROM conversations WHERE id = ?'),
    transact: database.transaction((work: () => void) => work()).immediate,
    save({ id, person, expected, row, events, handled, profile }: ReturnType<typeof rowOf>): boolean {
      const saved = expected === 0 ? insert.run(id, person, ...row) : update.run(person, ...row, id, expected)
      if (saved.changes === 0) return false
      for (const event of events) log.run(...event)
      if (handled !== undefined) taken.run(id, handled)
      if (profile) keep.run(...profile)
      return true
    },
    keep,
    settle: database.prepare('UPDATE conversations SET settled = 1, due = ? WHERE id = ? AND version = ?'),
    append: database.prepare(
      'INSERT INTO inbox (conversation, person, id, message, due) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
    ),
    waiting: database.prepare('SELECT message FROM inbox WHERE conversation = ? ORDER BY seq LIMIT ?'),
    due: database.prepare(
      `SELECT id FROM (SELECT id, due FROM conversations WHERE due <= ?1
         UNION SELECT conversation AS id, due FROM inbox WHERE due <= ?1) GROUP BY id ORDER BY MIN(due) LIMIT ?2`,
    ),
    history: database.prepare('SELECT event FROM events WHERE conversation = ? ORDER BY seq DESC LIMIT ?'),
    events: database.prepare('SELECT seq, event FROM events WHERE seq > ? AND at >= ? ORDER BY seq LIMIT ?'),
  }
}
