import { io, type Socket } from 'socket.io-client'
import type {
  BotEntry,
  ClientEvents,
  Draft,
  Entry,
  Handshake,
  Rating,
  Refused,
  ServerEvents,
  ShownFile,
  Welcome,
} from '../protocol.js'
import { anchored, anchoredFiles } from './anchor.js'
import { keep, kept } from './kept.js'
import { Pace } from './pace.js'
import { Transcript } from './transcript.js'

/** Milliseconds until a message without an answer counts as failed. */
const PATIENCE = 30_000

export type State = 'connecting' | 'online' | 'offline'

/** What a conversation tells its view, and asks it. */
export interface Listener {
  state(state: State): void
  welcome(welcome: Welcome): void
  /** The transcript changed. */
  change(): void
  /** The bot has said something, just now. */
  message(entry: BotEntry): void
  typing(soFar?: string): void
  /** The server does not take the identity token. */
  refused(): void
  locale(): string
  token(): Promise<string | undefined>
}

/** One conversation with a server: survives lost connections, and sends what was not acknowledged again. */
export class Conversation {
  transcript = new Transcript()
  state: State = 'connecting'
  private readonly socket: Socket<ServerEvents, ClientEvents>
  private readonly pace = new Pace()
  /** The ids that this connection is delivering. */
  private under = new Set<string>()
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
      auth: (tell) => void this.handshake().then(tell),
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
    // What was missed then comes as messages.
    this.socket.on('connect', () => this.socket.recovered && this.ready())
    this.socket.on('disconnect', () => this.lost())
    this.socket.on('connect_error', (error: Error & { data?: Refused }) => {
      this.lost()
      if (error.data?.code === 'token') listener.refused()
    })
  }

  /** `files` are what the uploads of the message look like. */
  send(said: Omit<Draft, 'id'>, files: ShownFile[] = []): void {
    const draft: Draft = { id: freshId(), ...said }
    this.update(() => this.transcript.submit(draft, Date.now(), anchoredFiles(files, this.server)))
    if (this.state === 'online') this.deliver(draft)
  }

  retry(id: string): void {
    this.update(() => this.transcript.retry(id))
    const draft = this.transcript.unsent().find((unsent) => unsent.id === id)
    if (draft && this.state === 'online') this.deliver(draft)
  }

  rate(message: string, value: 1 | -1): void {
    const rating: Rating = { id: freshId(), feedback: { value, message } }
    this.update(() => this.transcript.rate(rating))
    if (this.state === 'online') this.thumb(rating)
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

  /** Tries again after the server has refused. */
  connect(): void {
    this.socket.connect()
  }

  close(): void {
    this.socket.disconnect()
  }

  private async handshake(): Promise<Handshake> {
    const conversation = kept(this.server, 'secret')
    const token = await this.listener.token()
    return { locale: this.listener.locale(), ...(token ? { token } : conversation && { conversation }) }
  }

  private ready(history?: Entry[]): void {
    const early = this.early ?? []
    this.early = undefined
    this.become('online')
    if (history) this.update(() => this.transcript.merge(history.map((entry) => anchored(entry, this.server))))
    for (const entry of early) this.hear(entry)
    for (const draft of this.transcript.unsent()) this.deliver(draft)
    for (const rating of this.transcript.ratings) this.thumb(rating)
  }

  private hear(entry: Entry): void {
    const known = this.transcript.has(entry.id)
    this.update(() => this.transcript.add(anchored(entry, this.server)))
    if (entry.from === 'bot' && !known) this.listener.message(entry)
  }

  private lost(): void {
    this.early = []
    this.under = new Set()
    this.become(this.state === 'connecting' ? 'connecting' : 'offline')
  }

  private async deliver(draft: Draft): Promise<void> {
    const { transcript, under } = this
    if (under.has(draft.id)) return
    under.add(draft.id)
    await this.pace.turn()
    // The connection is gone: the next one does it.
    if (under !== this.under) return
    this.socket.timeout(PATIENCE).emit('message', draft, (error, answer) => {
      // Without a connection nobody knows whether it arrived: the next one sends it again.
      if (error && !this.socket.connected) return
      under.delete(draft.id)
      this.update(() => transcript.settle(draft.id, error ? { ok: false, error: '', retry: true } : answer))
    })
  }

  private thumb(rating: Rating): void {
    const { transcript } = this
    this.socket.emit('message', rating, (answer) => {
      if (answer.ok || !answer.retry) transcript.rated(rating)
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
