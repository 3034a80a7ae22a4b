import { createServer } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import { type ChannelHost, missing } from '@colloquy/core'
import type { BroadcastOperator, Server } from 'socket.io'
import { open } from '../http/endpoint.js'
import type { WebOptions } from './index.js'
import type { Answer, ClientEvents, ServerEvents, Welcome } from './protocol.js'
import { Session } from './session.js'
import { site } from './site.js'

/**
 * Bytes. Well above what the page sends, so that a message which is far too long still gets an answer: socket.io closes
 * the connection on anything larger, and a page that then sends it again would never get past it.
 */
const MAX_PACKET = 4 * 1024 * 1024
/** Milliseconds that a slow page has to take what was written to it before the server stops. */
const GRACE = 2000

/** A chat that is being served. */
export interface Served {
  url(): string
  room(name: string): BroadcastOperator<ServerEvents, unknown>
  stop(): Promise<void>
}

/** Serves the page and its sockets until `stop`. */
export async function serve(options: WebOptions, host: ChannelHost): Promise<Served> {
  const { title = 'Support', origins = [] } = options
  const base = `/${options.path ?? (options.server ? 'colloquy' : '')}/`.replace(/\/+/g, '/')
  const welcome = greeting(title, options.greeting)
  const inner = createServer(await site(base, title))
  const inFlight = new Set<Promise<void>>()
  let stopping = false

  const { Server: SocketServer } = await import('socket.io').catch((error: unknown) => {
    throw missing('socket.io', 'npm install socket.io', error)
  })
  const io: Server<ClientEvents, ServerEvents> = new SocketServer(inner, {
    path: `${base}socket.io`,
    serveClient: false,
    maxHttpBufferSize: MAX_PACKET,
    ...(origins.length > 0 && { cors: { origin: origins.includes('*') ? '*' : origins } }),
    // The browser's own check does not cover web sockets.
    allowRequest: (request, decide) => {
      const { origin, host: self } = request.headers
      const allowed = !origin || origins.includes('*') || origins.includes(origin) || hostOf(origin) === self
      if (!allowed) host.log.warn({ origin }, 'web: refused a page of another site; to allow it, add it to `origins`')
      decide(null, allowed && !stopping)
    },
  })

  io.on('connection', (socket) => {
    const session = new Session(socket, host)
    void session.greet(welcome)
    socket.onAny((event: string, ...args: unknown[]) => {
      // Unanswered, the page sends it again to whatever runs next.
      if (stopping) return
      const last = args.at(-1)
      const reply = typeof last === 'function' ? (last as (answer: Answer) => void) : () => {}
      const done = session.receive(event, args[0]).then(reply)
      inFlight.add(done)
      void done.finally(() => inFlight.delete(done))
    })
  })

  const endpoint = await open(inner, base, options)

  return {
    url: endpoint.url,
    room: (name) => io.to(name),
    async stop() {
      stopping = true
      await Promise.allSettled(inFlight)
      const gone = [...io.of('/').sockets.values()].map(
        ({ conn }) => new Promise<void>((resolve) => conn.once('close', () => resolve()).close()),
      )
      await Promise.race([Promise.all(gone), setTimeout(GRACE, undefined, { ref: false })])
      const closed = io.close()
      endpoint.close()
      await closed
    },
  }
}

function greeting(title: string, greeting: WebOptions['greeting']): Omit<Welcome, 'conversation'> {
  if (!greeting) return { title }
  return { title, greeting: typeof greeting === 'string' ? [{ type: 'text', text: greeting }] : greeting }
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined
}
