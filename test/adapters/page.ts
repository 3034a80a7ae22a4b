import { io, type Socket } from 'socket.io-client'
import type { Answer, Draft, Entry, Handshake, Welcome } from '../../packages/adapters/dist/web/protocol.js'

/** What a page does on its socket, without the page. */
export class Page {
  readonly socket: Socket
  readonly welcome: Promise<Welcome>
  readonly history: Promise<Entry[]>
  readonly messages: Entry[] = []

  constructor(url: string, auth: Partial<Record<keyof Handshake, unknown>> = {}) {
    const path = new URL('socket.io', url).pathname
    this.socket = io(new URL(url).origin, { path, auth, forceNew: true, reconnection: false })
    this.welcome = new Promise((resolve) => this.socket.on('welcome', resolve))
    this.history = new Promise((resolve) => this.socket.on('history', resolve))
    this.socket.on('message', (entry) => this.messages.push(entry))
  }

  /** Sends any event with any payload and waits for the acknowledgement. */
  emit(event: string, ...payload: unknown[]): Promise<Answer> {
    return this.socket.timeout(10_000).emitWithAck(event, ...payload)
  }

  say(text: string, rest: Partial<Draft> = {}): Promise<Answer> {
    return this.emit('message', { id: crypto.randomUUID(), text, ...rest })
  }

  /** Waits until the bot, or the customer in another tab, has said so many things. */
  async heard(count: number): Promise<Entry[]> {
    while (this.messages.length < count) await new Promise((resolve) => this.socket.once('message', resolve))
    return this.messages
  }
}
