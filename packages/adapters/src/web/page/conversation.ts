import { io, type Socket } from 'socket.io-client'
import type { ClientEvents, Draft, Entry, Handshake, ServerEvents, Welcome } from '../protocol.js'
import { keep, kept } from './secret.js'
import { Transcript } from './transcript.js'
import { words } from './words.js'

/** Milliseconds until a message without an answer counts as failed. */
const PATIENCE = 30_000

export type State = 'connecting' | 'online' | 'offline'

/** What a conversation tells its view. */
export interface Listener {
  state(state: State): void
  welcome(welcome: Welcome): void
  /** The transcript changed. */
  change(): void
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
      keep(server, welcome.conversation)
      listener.welcome(welcome)
    })
    this.socket.on('history', (entries) => this.ready(entries))
    this.socket.on('message', (entry) => {
      if (this.early) this.early.push(entry)
      else this.update(() => this.transcript.add(entry))
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
    keep(this.server, undefined)
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
    const conversation = kept(this.server)
    return { locale: navigator.language, ...(conversation && { conversation }) }
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

  private lost(): void {
    this.early = []
    this.become(this.state === 'connecting' ? 'connecting' : 'offline')
  }

  private deliver(draft: Draft): void {
    const transcript = this.transcript
    this.socket.timeout(PATIENCE).emit('message', draft, (error, answer) => {
      // Without a connection nobody knows whether it arrived: the next one sends it again.
      if (error && !this.socket.connected) return
      const failed = { ok: false, error: words.unanswered, retry: true } as const
      this.update(() => transcript.settle(draft.id, error ? failed : answer))
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
