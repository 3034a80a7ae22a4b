import { stat } from 'node:fs/promises'
import { ColloquyError, type Store } from '@colloquy/core'

/** Drivers are only loaded for the database that is asked for. */
const STORES: Record<string, (url: string, options: { prefix?: string }) => Promise<Store>> = {
  postgres: async (url, options) => (await import('@colloquy/core/store/postgres')).postgres(url, options),
  mysql: async (url, options) => (await import('@colloquy/core/store/mysql')).mysql(url, options),
  redis: async (url, options) => (await import('@colloquy/core/store/redis')).redis(url, options),
  mongodb: async (url, options) => (await import('@colloquy/core/store/mongodb')).mongodb(url, options),
}
const ALSO: Record<string, string> = {
  postgresql: 'postgres',
  mariadb: 'mysql',
  rediss: 'redis',
  'mongodb+srv': 'mongodb',
}

/**
 * Opens the store that a bot has written to. Nothing in the database is changed.
 *
 * @param place - an SQLite file, or the address of a database: `postgres://`, `mysql://`, `redis://`, `mongodb://`.
 * @param options - `prefix` as the bot gives it to its store.
 * @throws {@link ColloquyError} `bad_data` where there is no such file or kind of database; `store_unavailable` where it
 *   cannot be reached or no bot has written there.
 */
export async function openStore(place: string, options: { prefix?: string } = {}): Promise<Store> {
  const store = await storeAt(place, options)
  await store.open({ existing: true })
  return store
}

async function storeAt(place: string, options: { prefix?: string }): Promise<Store> {
  const scheme = /^([a-z+]+):\/\//.exec(place)?.[1]
  if (scheme !== undefined) {
    const make = STORES[ALSO[scheme] ?? scheme]
    if (make) return make(scheme === 'mariadb' ? place.replace('mariadb', 'mysql') : place, options)
    throw new ColloquyError(
      'bad_data',
      `There is no store "${scheme}".`,
      `There are: ${Object.keys(STORES).join(', ')}.`,
    )
  }
  const found = await stat(place).catch(() => undefined)
  if (!found?.isFile()) {
    throw new ColloquyError(
      'bad_data',
      `${place}: there is no such file.`,
      'Give --store the file of the bot: sqlite(path).',
    )
  }
  return (await import('@colloquy/core/store/sqlite')).sqlite(place)
}
