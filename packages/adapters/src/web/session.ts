import { type ChannelHost, ColloquyError, type Json, reason } from '@colloquy/core'
import type { Socket } from 'socket.io'
import { entries } from './history.js'
import { parseDraft, parseLocale, parseSecret, roomOf } from './parse.js'
import type { Answer, ClientEvents, CustomerEntry, Handshake, ServerEvents, Welcome } from './protocol.js'

/** How many log events a page gets when it connects. */
const HISTORY = 400
const RATE = { events: 20, milliseconds: 10_000 }

/** One connected page: it joins its conversation's room, and whatever it sends is answered. */
export class Session {
  private readonly secret: string
  private readonly room: string
  private readonly recent: number[] = []

  constructor(
    private readonly socket: Socket<ClientEvents, ServerEvents>,
    private readonly host: ChannelHost,
  ) {
    this.secret = parseSecret((socket.handshake.auth as Handshake).conversation)
    this.room = roomOf(this.secret)
  }

  /** Tells the page where it is and what was said so far. */
  async greet(greeting: Omit<Welcome, 'conversation'>): Promise<void> {
    // Joined first: what is said while the log is read arrives twice rather than never, and the page knows it by its id.
    this.socket.join(this.room)
    try {
      const events = await this.host.history(`web:${this.room}`, HISTORY)
      this.socket.emit('welcome', { ...greeting, conversation: this.secret })
      this.socket.emit('history', entries(events))
    } catch (error) {
      this.host.log.error({ reason: reason(error) }, 'web: no history; the page connects again in a moment')
      this.socket.conn.close()
    }
  }

  /** Handles one event of the page. Everything up to the engine is synchronous, so that messages keep their order. */
  async receive(event: string, payload: unknown): Promise<Answer> {
    if (this.tooFast()) {
      return { ok: false, error: 'Too many messages at once. Wait a moment and try again.', retry: true }
    }
    if (event !== 'message') {
      this.host.log.warn({ event: String(event).slice(0, 50) }, 'web: unknown event ignored')
      return { ok: false, error: 'This server does not know that event.', retry: false }
    }
    const draft = parseDraft(payload)
    if ('error' in draft) return { ok: false, error: draft.error, retry: false }
    const locale = parseLocale((this.socket.handshake.auth as Handshake).locale)
    const conversation = `web:${this.room}`
    const address: Json = { room: this.room }
    try {
      const entry: CustomerEntry = { from: 'customer', ...draft, at: Date.now() }
      const message = { ...draft, channel: 'web', conversation, person: conversation, address }
      await this.host.receive({ ...message, ...(locale && { locale }) })
      this.socket.to(this.room).emit('message', entry)
      return { ok: true }
    } catch (error) {
      this.host.log.error({ conversation, reason: reason(error) }, 'web: a message was not accepted')
      if (error instanceof ColloquyError && error.code === 'bad_message') {
        return { ok: false, error: 'This message cannot be handled. Please put it differently.', retry: false }
      }
      return { ok: false, error: 'Something went wrong on our side.', retry: true }
    }
  }

  private tooFast(): boolean {
    const now = Date.now()
    while (this.recent[0] !== undefined && this.recent[0] <= now - RATE.milliseconds) this.recent.shift()
    if (this.recent.length >= RATE.events) return true
    this.recent.push(now)
    return false
  }
}
