import { randomBytes } from 'node:crypto'
import type { Store } from '@colloquy/core'
import { mysql } from '@colloquy/core/store/mysql'
import { postgres } from '@colloquy/core/store/postgres'
import { redis } from '@colloquy/core/store/redis'
import mysql2, { type RowDataPacket } from 'mysql2/promise'
import pg from 'pg'
import { createClient } from 'redis'

/** A real database, in which a suite has a corner of its own. */
export interface Database {
  url: string
  prefix: string
  /** A store in that corner; `url` where it is to be reached by another way. */
  make(url?: string): Store
  /** All that is kept there, as text. */
  dump(): Promise<string>
  /** Empties it. */
  clear(): Promise<void>
  /** Takes its tables or keys away. */
  drop(): Promise<void>
  /** Ends the database's connections with clients on these ports, as an administrator does. */
  kill(ports: number[]): Promise<void>
  /** Leaves what a newer version of the program would have left. */
  outdate(): Promise<void>
  /** Closes the test's own connection. */
  end(): Promise<void>
}

export const POSTGRES = process.env.POSTGRES_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres'
export const MYSQL = process.env.MYSQL_URL ?? 'mysql://root@127.0.0.1:3306/test'
export const REDIS = process.env.REDIS_URL ?? 'redis://127.0.0.1:6379'

function corner(): string {
  return `test_${randomBytes(6).toString('hex')}_`
}

const TABLES = ['conversations', 'inbox', 'events', 'profiles']

export async function postgresDatabase(): Promise<Database> {
  const prefix = corner()
  const admin = new pg.Pool({ connectionString: POSTGRES, max: 1, connectionTimeoutMillis: 3000 })
  await admin.query('SELECT 1')
  const all = [...TABLES, 'migrations', 'migrations_lock']
  return {
    url: POSTGRES,
    prefix,
    make: (url = POSTGRES) => postgres(url, { prefix }),
    async dump() {
      const texts = await Promise.all(all.map((table) => admin.query(`SELECT one::text FROM ${prefix}${table} AS one`)))
      return JSON.stringify(texts.map(({ rows }) => rows))
    },
    async clear() {
      const found = await admin.query(`SELECT to_regclass('${prefix}events') AS name`)
      if (found.rows[0].name) await admin.query(`TRUNCATE ${TABLES.map((table) => prefix + table)}`)
    },
    async kill(ports) {
      await admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE client_port = ANY($1)', [ports])
    },
    async outdate() {
      await admin.query(`INSERT INTO ${prefix}migrations VALUES ('999', $1)`, [new Date().toISOString()])
    },
    async drop() {
      await admin.query(`DROP TABLE IF EXISTS ${all.map((table) => prefix + table)}`)
    },
    end: () => admin.end(),
  }
}

export async function mysqlDatabase(): Promise<Database> {
  const prefix = corner()
  const admin = await mysql2.createConnection({ uri: MYSQL, connectTimeout: 3000 })
  const all = [...TABLES, 'migrations', 'migrations_lock']
  return {
    url: MYSQL,
    prefix,
    make: (url = MYSQL) => mysql(url, { prefix }),
    async dump() {
      const texts = []
      for (const table of all) texts.push((await admin.query(`SELECT * FROM ${prefix}${table}`))[0])
      return JSON.stringify(texts)
    },
    async clear() {
      const [found] = await admin.query<RowDataPacket[]>(`SHOW TABLES LIKE '${prefix}events'`)
      if (found.length > 0) for (const table of TABLES) await admin.query(`DELETE FROM ${prefix}${table}`)
    },
    async kill(ports) {
      const [clients] = await admin.query<RowDataPacket[]>('SHOW PROCESSLIST')
      for (const { Id, Host } of clients) {
        if (ports.includes(Number(String(Host).split(':').at(-1)))) await admin.query(`KILL CONNECTION ${Id}`)
      }
    },
    async outdate() {
      await admin.query(`INSERT INTO ${prefix}migrations VALUES ('999', ?)`, [new Date().toISOString()])
    },
    async drop() {
      await admin.query(`DROP TABLE IF EXISTS ${all.map((table) => prefix + table)}`)
    },
    end: () => admin.end(),
  }
}

export async function redisDatabase(): Promise<Database> {
  const prefix = corner()
  const admin = createClient({ url: REDIS, socket: { reconnectStrategy: false, connectTimeout: 3000 } })
  admin.on('error', () => {})
  await admin.connect()
  const keys = () => admin.keys(`${prefix}*`)
  const clear = async () => {
    const found = await keys()
    if (found.length > 0) await admin.del(found)
  }
  const read: Record<string, (key: string) => Promise<unknown>> = {
    hash: (key) => admin.hGetAll(key),
    set: (key) => admin.sMembers(key),
    string: (key) => admin.get(key),
    zset: (key) => admin.zRangeWithScores(key, 0, -1),
  }
  return {
    url: REDIS,
    prefix,
    make: (url = REDIS) => redis(url, { prefix }),
    async dump() {
      const texts = (await keys()).map(async (key) => [key, await read[await admin.type(key)]?.(key)])
      return JSON.stringify(await Promise.all(texts))
    },
    clear,
    drop: clear,
    async kill(ports) {
      const clients = (await admin.sendCommand(['CLIENT', 'LIST'])) as unknown as string
      for (const port of ports) {
        const address = new RegExp(` addr=(\\S+:${port}) `).exec(clients)?.[1]
        if (address) await admin.sendCommand(['CLIENT', 'KILL', 'ADDR', address])
      }
    },
    async outdate() {
      await admin.set(`${prefix}format`, '999')
    },
    end: () => admin.close(),
  }
}
