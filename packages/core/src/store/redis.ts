import type { LogEvent } from '../log/event.js'
import type { IncomingMessage } from '../message.js'
import { Connection, driver } from './connection.js'
import { isDigest, keyOf } from './key.js'
import { SCRIPTS, type Script, scriptOf } from './redis-scripts.js'
import type { Commit, Store } from './store.js'

const INSTALL = 'npm install redis@6'
/** The layout of the keys that this version reads and writes. */
const FORMAT = 1
/** How many events one read of the log, or one removal, takes at a time. */
const PAGE = 500
/** A connection that is lost is tried again after at most this many milliseconds. */
const RECONNECT = 1000

const scripts = Object.fromEntries(Object.keys(SCRIPTS).map((name) => [name, scriptOf(name as Script)])) as Record<
  Script,
  ReturnType<typeof scriptOf>
>

/**
 * The store for Redis 6.2 and later, or Valkey; one server with its replicas, not a Redis Cluster. Several processes may
 * share it. What survives the server's own crash is up to its settings: have `appendonly yes` and `maxmemory-policy
 * noeviction`.
 *
 * @param url - such as `redis://user:password@host:6379/0`.
 * @param options - `prefix` is what all keys begin with (`colloquy:`): bots with different prefixes may share a server.
 * @throws {@link ColloquyError} on `open`: `missing_dependency` without `redis`, `store_unavailable` where the server
 *   cannot be reached or the keys were written by a newer version.
 * @example
 * ```ts
 * import { redis } from '@colloquy/core/store/redis'
 * const bot = createBot({ dialogs, classifier, store: redis('redis://localhost:6379'), channels: [] })
 * ```
 */
export function redis(url: string, { prefix = 'colloquy:' }: { prefix?: string } = {}): Store {
  const connection = new Connection<Client>('Redis', url)

  async function run<T>(name: Script, ...given: (string | number)[]): Promise<T> {
    const { sha, text } = scripts[name]
    const options = { arguments: [prefix, ...given.map(String)] }
    return connection.use(async (client) => {
      const reply = client.evalSha(sha, options).catch((error: Error) => {
        if (error.message.startsWith('NOSCRIPT')) return client.eval(text, options)
        throw error
      })
      return (await reply) as T
    })
  }

  async function idOf(key: string): Promise<string> {
    if (!isDigest(key)) return key
    const [message] = await run<string[]>('waiting', key, 1)
    if (message) return json<IncomingMessage>(message).conversation
    const document = await connection.use((client) => client.hGet(`${prefix}conversation:${key}`, 'document'))
    return document ? JSON.parse(document).id : key
  }

  return {
    shared: true,
    async open({ existing = false } = {}) {
      await connection.open(() => connect(url))
      if (existing && !(await connection.use((client) => client.exists(`${prefix}format`)))) {
        await this.close()
        throw connection.foreign()
      }
      if ((await run<number>('open', FORMAT)) <= FORMAT) return
      await this.close()
      throw connection.newer()
    },
    close: () => connection.close(async (client) => client.destroy()),
    async load(conversation) {
      const key = `${prefix}conversation:${keyOf(conversation)}`
      const row = await connection.use((client) => client.hmGet(key, ['document', 'version', 'settled']))
      const [document, version, settled] = row
      return document
        ? { document: JSON.parse(document), version: Number(version), settled: settled === '1' }
        : undefined
    },
    save: async (commit) => (await run<number>('save', ...argumentsOf(commit))) === 1,
    settle: (conversation, version, due) => run('settle', keyOf(conversation), version, due ?? ''),
    async append(message, due) {
      const keys = [message.conversation, message.person, message.id].map(keyOf)
      await run('append', ...keys, JSON.stringify(message), due)
    },
    async waiting(conversation, limit) {
      return (await run<string[]>('waiting', keyOf(conversation), limit)).map(json<IncomingMessage>)
    },
    async due(now, limit) {
      const first = { BY: 'SCORE', LIMIT: { offset: 0, count: limit } } as const
      const keys = await connection.use((client) => client.zRange(`${prefix}due`, '-inf', now, first))
      return Promise.all(keys.map(idOf))
    },
    async history(conversation, limit) {
      return (await run<string[]>('history', keyOf(conversation), limit)).map(json<LogEvent>).reverse()
    },
    async *events(since = 0) {
      for (let last = '0'; ; ) {
        const page = await run<string[]>('events', last, PAGE)
        for (const [n, value] of page.entries()) {
          const event = n % 2 ? json<LogEvent>(value) : undefined
          if (event && event.at >= since) yield event
        }
        if (page.length < 2 * PAGE) return
        last = page.at(-2) ?? last
      }
    },
    async profile(person) {
      const found = await connection.use((client) => client.hGet(`${prefix}profiles`, keyOf(person)))
      return found ? JSON.parse(found) : undefined
    },
    async keep(profile) {
      await connection.use((client) => client.hSet(`${prefix}profiles`, keyOf(profile.person), JSON.stringify(profile)))
    },
    async export(people) {
      const found = await Promise.all(people.map((person) => run<Found>('kept', keyOf(person))))
      const logged = found.flatMap(([, , , events]) => events)
      return {
        profiles: found.flatMap(([profile]) => (profile ? [JSON.parse(profile)] : [])),
        conversations: found.flatMap(([, documents]) => documents.map((one) => JSON.parse(one))),
        waiting: found.flatMap(([, , messages]) => messages.map(json<IncomingMessage>)),
        events: logged.sort(([a], [b]) => Number(a) - Number(b)).map(([, event]) => json<LogEvent>(event)),
      }
    },
    async forget(people) {
      for (const person of people) await run('forget', keyOf(person))
    },
    async expire({ events = 0, conversations = 0 }) {
      while ((await run<number>('expire', 'at', events, PAGE)) === PAGE);
      while ((await run<number>('expire', 'idle', conversations, PAGE)) === PAGE);
    },
  }
}

type Client = Awaited<ReturnType<typeof connect>>
type Found = [profile: string | null, documents: string[], messages: string[], events: [seq: string, event: string][]]

async function connect(url: string) {
  const { createClient } = await driver('redis', INSTALL, () => import('redis'))
  let opened = false
  const client = createClient({
    url,
    // A turn that waits for a lost server would hold up its channel: it fails at once, and is tried again.
    disableOfflineQueue: true,
    socket: {
      connectTimeout: 5000,
      reconnectStrategy: (tries, cause) => (opened ? Math.min(50 * 2 ** tries, RECONNECT) : cause),
    },
  })
  // A lost connection is told to whoever asks for something next; nobody listening would end the process.
  client.on('error', () => {})
  await client.connect()
  opened = true
  return client
}

function argumentsOf({ document, expected, events, due, handled, profile }: Commit): (string | number)[] {
  return [
    keyOf(document.id),
    expected,
    keyOf(document.person),
    JSON.stringify(document),
    document.outbox.length === 0 ? 1 : 0,
    due ?? '',
    Date.now(),
    handled === undefined ? '' : keyOf(handled),
    profile ? keyOf(profile.person) : '',
    profile ? JSON.stringify(profile) : '',
    ...events.flatMap((event) => [keyOf(event.conversation), keyOf(event.person), event.at, JSON.stringify(event)]),
  ]
}

/** What stands after the last line end: before it are keys. */
function json<T>(value: string): T {
  return JSON.parse(value.slice(value.lastIndexOf('\n') + 1))
}
