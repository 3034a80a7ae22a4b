import type { Kysely, RawBuilder, Sql } from 'kysely'
import { driver } from './connection.js'
import { type SqlOptions, sqlStore } from './sql.js'
import type { Flavour, Names, Tables, Write } from './sql-tables.js'
import type { Store } from './store.js'

const INSTALL = 'npm install kysely@0.28 pg'

/**
 * The store for PostgreSQL 10 and later. Several processes may share it.
 *
 * @param url - such as `postgres://user:password@host:5432/database`.
 * @throws {@link ColloquyError} on `open`: `missing_dependency` without `kysely` and `pg`, `store_unavailable` where the
 *   server cannot be reached or the tables were written by a newer version.
 * @example
 * ```ts
 * import { postgres } from '@colloquy/core/store/postgres'
 * const bot = createBot({ dialogs, classifier, store: postgres(process.env.DATABASE_URL), channels: [] })
 * ```
 */
export function postgres(url: string, options: SqlOptions = {}): Store {
  let sql: Sql
  const flavour: Flavour = {
    name: 'PostgreSQL',
    async connect() {
      const [kysely, { default: pg }] = await driver('kysely or pg', INSTALL, () =>
        Promise.all([import('kysely'), import('pg')]),
      )
      sql = kysely.sql
      const pool = new pg.Pool({ connectionString: url, keepAlive: true, connectionTimeoutMillis: 5000 })
      // A lost connection is told to whoever asks for something next; nobody listening would end the process.
      pool.on('error', () => {})
      pool.on('connect', (client) => client.on('error', () => {}))
      return new kysely.Kysely<Tables>({ dialect: new kysely.PostgresDialect({ pool }) })
    },
    migrations: async (names) => [tables(sql, names)],
    once: (insert) => insert.onConflict((found) => found.doNothing()),
    replace: (insert) =>
      insert.onConflict((found) =>
        found.column('person').doUpdateSet({ profile: (row) => row.ref('excluded.profile') }),
      ),
    lazy: (update) => update.where(sql<boolean>`set_config('synchronous_commit', 'off', true) = 'off'`),
    save: (db, names, write) => save(sql, db, names, write),
  }
  return sqlStore(flavour, url, options)
}

/** The collation "C" compares byte by byte, whatever the database's language. */
function tables(sql: Sql, names: Names): RawBuilder<unknown>[] {
  const [conversations, inbox, events, profiles] = [
    sql.table(names.conversations),
    sql.table(names.inbox),
    sql.table(names.events),
    sql.table(names.profiles),
  ]
  return [
    sql`CREATE TABLE ${conversations} (
      id text COLLATE "C" PRIMARY KEY, person text COLLATE "C" NOT NULL, version int NOT NULL, document text NOT NULL,
      settled smallint NOT NULL, due float8, at float8 NOT NULL
    )`,
    sql`CREATE INDEX ON ${conversations} (person)`,
    sql`CREATE INDEX ON ${conversations} (due) WHERE due IS NOT NULL`,
    sql`CREATE INDEX ON ${conversations} (at)`,
    sql`CREATE TABLE ${inbox} (
      conversation text COLLATE "C", seq int, person text COLLATE "C" NOT NULL, id text COLLATE "C" NOT NULL,
      message text NOT NULL, due float8 NOT NULL, PRIMARY KEY (conversation, seq), UNIQUE (conversation, id)
    )`,
    sql`CREATE INDEX ON ${inbox} (conversation, due)`,
    sql`CREATE INDEX ON ${inbox} (due)`,
    sql`CREATE INDEX ON ${inbox} (person)`,
    sql`CREATE TABLE ${events} (
      seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, conversation text COLLATE "C" NOT NULL,
      person text COLLATE "C" NOT NULL, at float8 NOT NULL, event text NOT NULL
    )`,
    sql`CREATE INDEX ON ${events} (conversation, seq)`,
    sql`CREATE INDEX ON ${events} (person)`,
    sql`CREATE INDEX ON ${events} (at)`,
    sql`CREATE TABLE ${profiles} (person text COLLATE "C" PRIMARY KEY, profile text NOT NULL)`,
  ]
}

/** One statement, so one round trip: everything hangs on the row that compare-and-set has written. */
async function save(sql: Sql, db: Kysely<Tables>, names: Names, write: Write): Promise<boolean> {
  const { row, expected, events, handled, profile } = write
  const conversations = sql.table(names.conversations)
  const own =
    expected === 0
      ? sql`INSERT INTO ${conversations} (id, person, version, document, settled, due, at)
          VALUES (${row.id}, ${row.person}, 1, ${row.document}, ${row.settled}, ${row.due}, ${row.at})
          ON CONFLICT DO NOTHING RETURNING 1`
      : sql`UPDATE ${conversations} SET person = ${row.person}, version = version + 1, document = ${row.document},
          settled = ${row.settled}, due = ${row.due}, at = ${row.at}
          WHERE id = ${row.id} AND version = ${expected} RETURNING 1`
  const column = (name: keyof (typeof events)[0]) => events.map((event) => event[name])
  const { rows } = await sql`WITH saved AS (${own}),
    logged AS (
      INSERT INTO ${sql.table(names.events)} (conversation, person, at, event)
      SELECT conversation, person, at, event FROM saved, unnest(
        ${column('conversation')}::text[], ${column('person')}::text[], ${column('at')}::float8[], ${column('event')}::text[]
      ) WITH ORDINALITY AS event (conversation, person, at, event, n) ORDER BY n
    ),
    handled AS (
      DELETE FROM ${sql.table(names.inbox)}
      WHERE conversation = ${row.id} AND id = ${handled} AND EXISTS (SELECT FROM saved)
    ),
    known AS (
      INSERT INTO ${sql.table(names.profiles)} (person, profile)
      SELECT person, profile FROM saved, (VALUES (${profile?.person}::text, ${profile?.profile}::text)) AS new (person, profile)
      WHERE person IS NOT NULL ON CONFLICT (person) DO UPDATE SET profile = excluded.profile
    )
    SELECT 1 FROM saved`.execute(db)
  return rows.length > 0
}
