import { type ChannelHost, ColloquyError, missing, reason } from '@colloquy/core'
import type { ServerOptions } from 'socket.io'

const STREAM = 'colloquy:web'
/** How long what was said stays in Redis, for pages that come back to another node, in milliseconds. */
const KEPT = 300_000
const MINUTE = 60_000
/** Milliseconds. */
const CONNECT = 5000
const RECONNECT = 1000

/** What ties several nodes together. */
export interface Nodes {
  adapter: NonNullable<ServerOptions['adapter']>
  close(): void
}

/**
 * Several nodes behind one address, through a Redis stream.
 *
 * @throws {@link ColloquyError} `missing_dependency` without the packages, `channel_failed` where Redis cannot be reached.
 */
export async function nodes(url: string, log: ChannelHost['log']): Promise<Nodes> {
  const [{ createClient }, { createAdapter }] = await Promise.all([
    import('redis'),
    import('@socket.io/redis-streams-adapter'),
  ]).catch((error: unknown) => {
    const packages = 'redis @socket.io/redis-streams-adapter'
    throw missing(packages, `npm install ${packages}`, error)
  })
  let open = false
  const client = createClient({
    url,
    // While Redis is away, each node goes on by itself.
    disableOfflineQueue: true,
    socket: { connectTimeout: CONNECT, reconnectStrategy: (_tries, cause) => (open ? RECONNECT : cause) },
  })
  client.on('error', (error) => open && log.warn({ reason: reason(error) }, 'web: Redis cannot be reached'))
  try {
    await client.connect()
  } catch (cause) {
    const hint = 'Is it running, and is the `redis` option of the channel right?'
    throw new ColloquyError('channel_failed', `The nodes cannot reach Redis: ${reason(cause)}.`, hint, { cause })
  }
  open = true
  const trim = () => client.xTrim(STREAM, 'MINID', Date.now() - KEPT).catch(() => {})
  const timer = setInterval(trim, MINUTE)
  return {
    adapter: createAdapter(client, { streamName: STREAM, sessionKeyPrefix: `${STREAM}:`, blockTimeInMs: 1000 }),
    close() {
      clearInterval(timer)
      client.destroy()
    },
  }
}
