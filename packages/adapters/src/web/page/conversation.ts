import { io, type Socket } from 'socket.io-client'
import type { BotEntry, ClientEvents, Draft, Entry, Handshake, ServerEvents, Welcome } from '../protocol.js'
import { keep, kept } from './kept.js'
import { Transcript } from './transcript.js'

/** Milliseconds until a message without an answer counts as failed. */
const PATIENCE = 30_000

export type State = 'connecting' | 'online' | 'offline'

/** What a conversation tells its view. */
export interface Listener {
  state(state: State): void
  welcome(welcome: Welcome): void
  /** The transcript changed. */
  change(): void
  /** The bot has said something, just now. */
  message(entry: BotEntry): void
  typing(soFar?: string): void
}

/** One conversation with a server: survives lost connections, and sends what was not acknowledged again. */
export class Conversation {
  transcript = new Transcript()
  state: State = 'connecting'
  private readonly socket: Socket<ServerEvents, ClientEvents>
  /** What arrived before the history that it follows; undefined once that is there. */
  private early: Entry[] | undefined = []

  constructor(
    private readonly server: URL,
    private readonly listener: Listener,
    private readonly locale: () => string,
  ) {
    this.socket = io(server.origin, {
      path: new URL('socket.io', server).pathname,
      forceNew: true,
      transports: ['websocket', 'polling'],
      tryAllTransports: true,
      reconnectionDelay: 500,
      reconnectionDelayMax: 5000,
      auth: (tell) => tell(this.handshake()),
    })
    this.socket.on('welcome', (welcome) => {
      keep(server, 'secret', welcome.conversation)
      listener.welcome(welcome)
    })
    this.socket.on('history', (entries) => this.ready(entries))
    this.socket.on('message', (entry) => {
      if (this.early) this.early.push(entry)
      else this.hear(entry)
    })
    this.socket.on('typing', (soFar) => listener.typing(soFar))
    this.socket.on('disconnect', () => this.lost())
    this.socket.on('connect_error', () => this.lost())
  }

  send(text: string, choice?: string): void {
    const draft: Draft = { id: freshId(), text, ...(choice !== undefined && { choice }) }
    this.update(() => this.transcript.submit(draft, Date.now()))
    if (this.state === 'online') this.deliver(draft)
  }

  retry(id: string): void {
    this.update(() => this.transcript.retry(id))
    const draft = this.transcript.unsent().find((unsent) => unsent.id === id)
    if (draft && this.state === 'online') this.deliver(draft)
  }

  /** Leaves this conversation for a fresh one. */
  restart(): void {
    keep(this.server, 'secret', undefined)
    this.socket.disconnect()
    this.update(() => {
      this.transcript = new Transcript()
    })
    this.socket.connect()
  }

  close(): void {
    this.socket.disconnect()
  }

  private handshake(): Handshake {
    const conversation = kept(this.server, 'secret')
    return { locale: this.locale(), ...(conversation && { conversation }) }
  }

  private ready(history: Entry[]): void {
    const early = this.early ?? []
    this.early = undefined
    this.become('online')
    this.update(() => {
      this.transcript.merge(history)
      for (const entry of early) this.transcript.add(entry)
    })
    for (const draft of this.transcript.unsent()) this.deliver(draft)
  }

  private hear(entry: Entry): void {
    const known = this.transcript.has(entry.id)
    this.update(() => this.transcript.add(entry))
    if (entry.from === 'bot' && !known) this.listener.message(entry)
  }

  private lost(): void {
    this.early = []
    this.become(this.state === 'connecting' ? 'connecting' : 'offline')
  }

  private deliver(draft: Draft): void {
    const transcript = this.transcript
    this.socket.timeout(PATIENCE).emit('message', draft, (error, answer) => {
      // Without a connection nobody knows whether it arrived: the next one sends it again.
      if (error && !this.socket.connected) return
      this.update(() => transcript.settle(draft.id, error ? { ok: false, error: '', retry: true } : answer))
    })
  }

  private become(state: State): void {
    this.state = state
    this.listener.state(state)
  }

  private update(change: () => void): void {
    change()
    this.listener.change()
  }
}

/** 128 random bits. `crypto.randomUUID` is missing where the page came over plain HTTP from another machine. */
function freshId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
