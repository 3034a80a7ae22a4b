import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memory, type Store } from '@colloquy/core'
import { postgres } from '@colloquy/core/store/postgres'
import { redis } from '@colloquy/core/store/redis'
import { sqlite } from '@colloquy/core/store/sqlite'
import pg from 'pg'
import { createClient } from 'redis'

/** A store in a place of its own, which `drop` takes away. */
export interface Place {
  store: Store
  drop(): Promise<void>
}

const { POSTGRES_URL = 'postgres://postgres@127.0.0.1:5432/postgres', REDIS_URL = 'redis://127.0.0.1:6379' } =
  process.env

/** Stores by name; those that need a server fail where none answers. */
export const stores: Record<string, () => Promise<Place>> = {
  async memory() {
    return { store: memory(), async drop() {} }
  },

  async sqlite() {
    const folder = await mkdtemp(join(tmpdir(), 'colloquy-bench-'))
    return { store: sqlite(join(folder, 'bot.db')), drop: () => rm(folder, { recursive: true }) }
  },

  async postgres() {
    const prefix = `bench_${randomBytes(6).toString('hex')}_`
    const admin = new pg.Client({ connectionString: POSTGRES_URL, connectionTimeoutMillis: 2000 })
    await admin.connect()
    return {
      store: postgres(POSTGRES_URL, { prefix }),
      async drop() {
        const { rows } = await admin.query('SELECT tablename FROM pg_tables WHERE starts_with(tablename, $1)', [prefix])
        for (const { tablename } of rows) await admin.query(`DROP TABLE ${tablename}`)
        await admin.end()
      },
    }
  },

  async redis() {
    const prefix = `bench:${randomBytes(6).toString('hex')}:`
    const admin = createClient({ url: REDIS_URL, socket: { reconnectStrategy: false, connectTimeout: 2000 } })
    admin.on('error', () => {})
    await admin.connect()
    return {
      store: redis(REDIS_URL, { prefix }),
      async drop() {
        for await (const keys of admin.scanIterator({ MATCH: `${prefix}*`, COUNT: 1000 }))
          if (keys.length > 0) await admin.del(keys)
        admin.destroy()
      },
    }
  },
}
