import { type ChannelHost, reason } from '@colloquy/core'
import type { Server, Socket } from 'socket.io'
import { alarm } from '../http/alarm.js'
import { problem } from '../http/routes.js'
import { flow } from '../sockets/flow.js'
import type { NodeEvents } from '../sockets/rooms.js'
import type { Chat } from './chat.js'
import type { Answer, ClientEvents, Handshake, ServerEvents } from './protocol.js'
import type { Visitor } from './visitor.js'

type WebServer = Server<ClientEvents, ServerEvents, NodeEvents>

/** Pages on sockets: each joins its conversation's room, and whatever it sends is answered. */
export function connect(io: WebServer, chat: Chat, log: ChannelHost['log']): void {
  // Not in `socket.data`, which Redis would keep for those who come back: the secret is nobody else's business.
  const visitors = new WeakMap<object, Visitor>()

  io.use((socket, next) => {
    const visitor = chat.visitor(socket.handshake.auth as Handshake)
    if ('code' in visitor) return next(Object.assign(new Error(visitor.error), { data: visitor }))
    visitors.set(socket, visitor)
    next()
  })

  io.on('connection', (socket) => {
    const visitor = visitors.get(socket) as Visitor
    flow(socket, () => log.warn({ conversation: visitor.conversation }, 'web: cut a page that does not read'))
    // It connects again at once, with a fresh token where it has one.
    if (visitor.until !== undefined)
      socket.once(
        'disconnect',
        alarm(visitor.until, () => socket.conn.close()),
      )
    // Somebody else may have signed in on the page since.
    if (!socket.recovered || !socket.rooms.has(visitor.room)) void greet(socket, visitor)
    socket.onAny((event: string, ...args: unknown[]) => {
      // Unanswered, the page sends it again to whatever runs next.
      if (chat.stopping) return
      const last = args.at(-1)
      const reply = typeof last === 'function' ? (last as (answer: Answer) => void) : () => {}
      const tooFast = chat.tooFast(visitor)
      if (tooFast) reply(tooFast)
      else if (event === 'message') void chat.receive(visitor, args[0], socket.id).then(reply)
      else {
        log.warn({ event: String(event).slice(0, 50) }, 'web: unknown event ignored')
        reply(problem('This server does not know that event.'))
      }
    })
  })

  /** Tells the page where it is and what was said so far. */
  async function greet(socket: Socket<ClientEvents, ServerEvents>, visitor: Visitor): Promise<void> {
    for (const room of socket.rooms) if (room !== socket.id) await socket.leave(room)
    // Joined first: what is said while the log is read arrives twice rather than never, and the page knows it by its id.
    await socket.join(visitor.room)
    try {
      const { welcome, history } = await chat.open(visitor)
      // Nothing that other nodes, or a stream in Redis, should hold.
      const page = io.local.to(socket.id)
      page.emit('welcome', welcome)
      page.emit('history', history)
    } catch (error) {
      log.error({ reason: reason(error) }, 'web: no history; the page connects again in a moment')
      socket.conn.close()
    }
  }
}
