import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { ColloquyError, type LogEvent, plainText, type Store } from '@colloquy/core'
import type { Transcript, Turn } from './transcript.js'

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
 * Reads the conversations out of a bot's store, in the order in which they began. With `since`, only those in which
 * something happened at or after that time (milliseconds since 1970), whole. Nothing in the database is changed.
 *
 * @param place - an SQLite file, or the address of a database: `postgres://`, `mysql://`, `redis://`, `mongodb://`.
 * @param options - `prefix` as the bot gives it to its store.
 * @throws {@link ColloquyError} `bad_data` where there is no such file or kind of database; `store_unavailable` where it
 *   cannot be reached or no bot has written there.
 */
export async function* readStore(
  place: string,
  since = 0,
  options: { prefix?: string } = {},
): AsyncGenerator<Transcript> {
  const store = await storeAt(place, options)
  await store.open({ existing: true })
  try {
    const source = /^[a-z+]+:\/\//.test(place) ? new URL(place).protocol.slice(0, -1) : basename(place)
    // Only the ids are held: the log may be larger than memory.
    const channels = new Map<string, string>()
    for await (const event of store.events(since)) channels.set(event.conversation, event.channel)
    for (const [id, channel] of channels) {
      const turns = (await store.history(id, Number.MAX_SAFE_INTEGER)).flatMap((event) => turn(event, source))
      if (turns.some(({ role }) => role === 'customer')) yield { id, channel, turns }
    }
  } finally {
    await store.close()
  }
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

/** The log's own ids tell where a turn stands in it. */
function turn(event: LogEvent, store: string): Turn[] {
  const common = { ts: event.at / 1000, source: `${store}#${event.id}` }
  if (event.type === 'bot') return [{ role: 'agent', text: plainText(event.message.parts), ...common }]
  if (event.type !== 'customer') return []
  const { text, understanding, decision } = event
  const said = understanding && { predicted: understanding.intent, confidence: understanding.confidence }
  return [{ role: 'customer', text, ...common, ...said, decision }]
}
