import type { Kysely, RawBuilder, Sql } from 'kysely'
import { driver } from './connection.js'
import { type SqlOptions, sqlStore } from './sql.js'
import type { Flavour, Names, Tables, Write } from './sql-tables.js'
import type { Store } from './store.js'

const INSTALL = 'npm install kysely@0.28 mysql2'

/**
 * The store for MySQL 8 and MariaDB 10.6 and later. Several processes may share it.
 *
 * @param url - such as `mysql://user:password@host:3306/database`.
 * @throws {@link ColloquyError} on `open`: `missing_dependency` without `kysely` and `mysql2`, `store_unavailable` where
 *   the server cannot be reached or the tables were written by a newer version.
 * @example
 * ```ts
 * import { mysql } from '@colloquy/core/store/mysql'
 * const bot = createBot({ dialogs, classifier, store: mysql(process.env.DATABASE_URL), channels: [] })
 * ```
 */
export function mysql(url: string, options: SqlOptions = {}): Store {
  let sql: Sql
  const flavour: Flavour = {
    name: 'MySQL',
    async connect() {
      const [kysely, { default: mysql2 }] = await driver('kysely or mysql2', INSTALL, () =>
        Promise.all([import('kysely'), import('mysql2')]),
      )
      sql = kysely.sql
      const pool = mysql2.createPool({ uri: url, connectTimeout: 5000 })
      const dialect = new kysely.MysqlDialect({
        pool,
        async onCreateConnection(connection) {
          // The driver escapes values with backslashes, which some servers are set not to understand. Locking gaps
          // between rows would make conversations wait for one another.
          for (const setting of [sql`sql_mode = 'TRADITIONAL'`, sql`TRANSACTION ISOLATION LEVEL READ COMMITTED`]) {
            await connection.executeQuery(sql`SET SESSION ${setting}`.compile(db))
          }
        },
      })
      const db = new kysely.Kysely<Tables>({ dialect })
      return db
    },
    migrations: async (names) => [tables(sql, names)],
    once: (insert) => insert.ignore(),
    replace: (insert) => insert.onDuplicateKeyUpdate({ profile: sql`VALUES(profile)` }),
    save: (db, names, write) => save(flavour, db, names, write),
  }
  return sqlStore(flavour, url, options)
}

/** The database's own ids are compared byte by byte; a table that a killed process has made is left as it is. */
function tables(sql: Sql, names: Names): RawBuilder<unknown>[] {
  const key = sql`VARCHAR(190) NOT NULL`
  const kind = sql`ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin`
  return [
    sql`CREATE TABLE IF NOT EXISTS ${sql.table(names.conversations)} (
      id ${key} PRIMARY KEY, person ${key}, version INT NOT NULL, document LONGTEXT NOT NULL, settled TINYINT NOT NULL,
      due DOUBLE, at DOUBLE NOT NULL, INDEX (person), INDEX (due), INDEX (at)
    ) ${kind}`,
    sql`CREATE TABLE IF NOT EXISTS ${sql.table(names.inbox)} (
      conversation ${key}, seq INT, person ${key}, id ${key}, message LONGTEXT NOT NULL, due DOUBLE NOT NULL,
      PRIMARY KEY (conversation, seq), UNIQUE (conversation, id), INDEX (conversation, due), INDEX (due), INDEX (person)
    ) ${kind}`,
    sql`CREATE TABLE IF NOT EXISTS ${sql.table(names.events)} (
      seq BIGINT AUTO_INCREMENT PRIMARY KEY, conversation ${key}, person ${key}, at DOUBLE NOT NULL,
      event LONGTEXT NOT NULL, INDEX (conversation, seq), INDEX (person), INDEX (at)
    ) ${kind}`,
    sql`CREATE TABLE IF NOT EXISTS ${sql.table(names.profiles)} (
      person ${key} PRIMARY KEY, profile LONGTEXT NOT NULL
    ) ${kind}`,
  ]
}

function save(flavour: Flavour, db: Kysely<Tables>, names: Names, write: Write): Promise<boolean> {
  const { row, expected, events, handled, profile } = write
  return db.transaction().execute(async (one) => {
    if (expected === 0) {
      const insert = flavour.once(one.insertInto(names.conversations).values({ ...row, version: 1 }))
      const { numInsertedOrUpdatedRows } = await insert.executeTakeFirstOrThrow()
      if (numInsertedOrUpdatedRows === 0n) return false
    } else {
      const update = one.updateTable(names.conversations).set({ ...row, version: expected + 1 })
      const { numUpdatedRows } = await update
        .where('id', '=', row.id)
        .where('version', '=', expected)
        .executeTakeFirstOrThrow()
      if (numUpdatedRows === 0n) return false
    }
    if (events.length > 0) await one.insertInto(names.events).values(events).execute()
    if (profile) await flavour.replace(one.insertInto(names.profiles).values(profile)).execute()
    if (handled) {
      await one.deleteFrom(names.inbox).where('conversation', '=', row.id).where('id', '=', handled).execute()
    }
    return true
  })
}
