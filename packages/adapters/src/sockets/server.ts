import type { Server as HttpServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ChannelHost, missing } from '@colloquy/core'
import type { Server } from 'socket.io'
import type { Endpoint } from '../http/endpoint.js'
import type { Origins } from '../http/origins.js'
import { nodes } from './nodes.js'
import { type NodeEvents, Rooms } from './rooms.js'

/**
 * Bytes. Well above what a page sends, so that a message which is far too long still gets an answer: socket.io closes the
 * connection on anything larger, and a page that then sends it again would never get past it.
 */
const MAX_PACKET = 4 * 1024 * 1024
/** Milliseconds that a slow page has to take what was written to it before the server stops. */
const GRACE = 2000
/** How long a page may be away and is still told what it missed without its history being read, in milliseconds. */
const AWAY = 60_000

/** A socket.io server that was set up, and its rooms. */
export interface Sockets<Client extends object, Page extends object> {
  io: Server<Client, Page, NodeEvents>
  rooms: Rooms
  /** Says goodbye to everybody, then closes the endpoint, where there is one by then. */
  close(endpoint?: Endpoint): Promise<void>
}

/**
 * Socket.io on a server, for pages of some origins, by itself or as one of several nodes that a Redis ties together.
 *
 * @throws {@link ColloquyError} `missing_dependency` without the packages, `channel_failed` where Redis cannot be reached.
 */
export async function sockets<Client extends object, Page extends object>(
  server: HttpServer,
  at: { path: string; origins: Origins; redis: string | undefined; open: () => boolean },
  log: ChannelHost['log'],
): Promise<Sockets<Client, Page>> {
  const socketio = await import('socket.io').catch((error: unknown) => {
    throw missing('socket.io', 'npm install socket.io', error)
  })
  const cluster = at.redis === undefined ? undefined : await nodes(at.redis, log)
  const io: Server<Client, Page, NodeEvents> = new socketio.Server(server, {
    path: at.path,
    serveClient: false,
    maxHttpBufferSize: MAX_PACKET,
    cors: at.origins.cors,
    // One node has the log at hand; in its memory, each packet of two minutes would be kept for those who come back.
    ...(cluster && {
      adapter: cluster.adapter,
      connectionStateRecovery: { maxDisconnectionDuration: AWAY, skipMiddlewares: false },
    }),
    // The browser's own check does not cover web sockets.
    allowRequest: (request, decide) => {
      const { origin } = request.headers
      const allowed = at.origins.allows(request)
      if (!allowed) log.warn({ origin }, 'refused a page of another site; to allow it, add it to `origins`')
      decide(null, allowed && at.open())
    },
  })
  return {
    io,
    rooms: new Rooms(io.of('/') as never, cluster !== undefined),
    async close(endpoint) {
      const gone = [...io.of('/').sockets.values()].map(
        ({ conn }) => new Promise<void>((resolve) => conn.once('close', () => resolve()).close()),
      )
      await Promise.race([Promise.all(gone), sleep(GRACE, undefined, { ref: false })])
      const closed = io.close()
      endpoint?.close()
      await closed
      cluster?.close()
    },
  }
}
