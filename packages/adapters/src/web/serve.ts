import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ChannelHost, ColloquyError, missing, reason } from '@colloquy/core'
import { Folder } from '../files/folder.js'
import { Links } from '../files/links.js'
import { reply } from '../http/body.js'
import { open } from '../http/endpoint.js'
import { Origins } from '../http/origins.js'
import { nodes } from '../sockets/nodes.js'
import { Rooms } from '../sockets/rooms.js'
import { Api } from './api.js'
import { Chat } from './chat.js'
import type { WebOptions } from './index.js'
import { connect, type WebServer } from './pages.js'
import type { Welcome } from './protocol.js'
import { site } from './site.js'
import { type Known, visitorOf } from './visitor.js'

/**
 * Bytes. Well above what the page sends, so that a message which is far too long still gets an answer: socket.io closes
 * the connection on anything larger, and a page that then sends it again would never get past it.
 */
const MAX_PACKET = 4 * 1024 * 1024
/** Milliseconds that a slow page has to take what was written to it before the server stops. */
const GRACE = 2000
/** How long a page may be away and is still told what it missed without its history being read, in milliseconds. */
const AWAY = 60_000
/** Nobody needs longer than this to send the head of a request, or all of it; in milliseconds. */
const PATIENCE = { headersTimeout: 10_000, requestTimeout: 120_000, connectionsCheckingInterval: 5000 }
/** A chat that is being served. */
export interface Served {
  url(): string
  rooms: Rooms
  links: Links
  folder: Folder | undefined
  stop(): Promise<void>
}

/** Serves the page, its sockets and plain HTTP until `stop`. */
export async function serve(options: WebOptions, host: ChannelHost): Promise<Served> {
  const { title = 'Support', greeting, identity } = options
  const { log } = host
  if ([identity?.secret ?? []].flat().some((secret) => secret.length < 32)) {
    const how = 'Make one with: node -p "crypto.randomBytes(32).toString(\'base64url\')"'
    throw new ColloquyError('channel_failed', 'The secret of `identity` must have at least 32 characters.', how)
  }
  const base = `/${options.path ?? (options.server ? 'colloquy' : '')}/`.replace(/\/+/g, '/')
  const origins = new Origins(options.origins ?? [])
  const folder = options.uploads === false ? undefined : new Folder(options.uploads)
  const links = new Links(host.kept)
  const welcome: Welcome = {
    title,
    ...(greeting && { greeting: typeof greeting === 'string' ? [{ type: 'text', text: greeting }] : greeting }),
    ...(folder && { uploads: { limit: folder.limit, types: folder.types } }),
  }
  const known: Known = (given) => {
    const visitor = visitorOf(given, identity)
    if ('code' in visitor) log.warn({ reason: visitor.error }, 'web: refused somebody')
    return visitor
  }
  let stopping = false

  const { Server: SocketServer } = await import('socket.io').catch((error: unknown) => {
    throw missing('socket.io', 'npm install socket.io', error)
  })
  const pages = await site(base, title)
  const inner = createServer(PATIENCE, (request, response) => {
    const path = request.url?.split('?', 1)[0] ?? ''
    if (stopping) reply(response.setHeader('retry-after', 5), 503, 'Stopping\n')
    else if (!api.handle(request, response, path.slice(base.length))) pages(request, response)
  })
  const cluster = options.redis === undefined ? undefined : await nodes(options.redis, log)
  const io: WebServer = new SocketServer(inner, {
    path: `${base}socket.io`,
    serveClient: false,
    maxHttpBufferSize: MAX_PACKET,
    ...(options.origins?.length && { cors: { origin: options.origins.includes('*') ? '*' : options.origins } }),
    // One node has the log at hand; in its memory, each packet of two minutes would be kept for those who come back.
    ...(cluster && {
      adapter: cluster.adapter,
      connectionStateRecovery: { maxDisconnectionDuration: AWAY, skipMiddlewares: false },
    }),
    // The browser's own check does not cover web sockets.
    allowRequest: (request, decide) => {
      const allowed = origins.allows(request)
      if (!allowed)
        log.warn(
          { origin: request.headers.origin },
          'web: refused a page of another site; to allow it, add it to `origins`',
        )
      decide(null, allowed && !stopping)
    },
  })
  const rooms = new Rooms(io, cluster !== undefined)
  const chat = new Chat(host, rooms, links, folder, welcome, options.rate ?? 20)
  const api = new Api(chat, rooms, origins, known, host, links)
  connect(io, chat, known, log, () => stopping)

  await folder?.start((error) => log.error({ reason: reason(error) }, 'web: old files could not be removed'))
  const endpoint = await open(inner, base, options)

  return {
    url: endpoint.url,
    rooms,
    links,
    folder,
    async stop() {
      stopping = true
      folder?.stop()
      await chat.stop()
      api.close()
      const gone = [...io.of('/').sockets.values()].map(
        ({ conn }) => new Promise<void>((resolve) => conn.once('close', () => resolve()).close()),
      )
      await Promise.race([Promise.all(gone), sleep(GRACE, undefined, { ref: false })])
      const closed = io.close()
      endpoint.close()
      await closed
      cluster?.close()
    },
  }
}
