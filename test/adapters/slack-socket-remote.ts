import type { Json } from '@colloquy/core'
import { type WebSocket, WebSocketServer } from 'ws'
import type { RemoteModule, Writing } from './contract/remote.js'
import { CUSTOMER, type Delivery, HAS, remote as overHttp, SlackRemote } from './slack-remote.js'
import { TEAM, TOKEN } from './slack-service.js'

/** The same workspace; the app hears of it by Socket Mode, and the customer writes in a chat with an assistant. */
export class SlackSocketRemote extends SlackRemote {
  private readonly sockets = new WebSocketServer({ server: this.service.server })
  private readonly waiting = new Map<string, () => void>()
  private chat: Promise<string> | undefined
  private envelopes = 0

  constructor() {
    super()
    this.service.methods['apps.connections.open'] = () => ({ url: this.service.base.replace('http', 'ws') })
    this.sockets.on('connection', (socket) => {
      socket.on('message', (data) => this.waiting.get(JSON.parse(String(data)).envelope_id)?.())
      socket.send(JSON.stringify({ type: 'hello' }))
    })
  }

  override get options(): Json {
    return { apiUrl: this.service.apiUrl, token: TOKEN, appToken: 'xapp-the-app-token' }
  }

  override async write(text: string, how: Writing = {}): Promise<string> {
    // Whoever opens a new chat is announced.
    this.chat ??= this.open()
    await this.chat
    return super.write(text, how)
  }

  override async forge(): Promise<'closed'> {
    const event = { type: 'message', channel: 7, ts: {}, user: [], text: 5 }
    const nonsense = ['no JSON', '[]', '{"type":"disconnected"}']
    for (const one of nonsense) this.socket().send(one)
    await this.hand({ kind: 'events_api', payload: { type: 'event_callback', team_id: TEAM, event }, tries: 0 })
    return 'closed'
  }

  override async stop(): Promise<void> {
    for (const socket of this.sockets.clients) socket.terminate()
    this.sockets.close()
    await super.stop()
  }

  protected override threadOf(channel: string, thread: string | undefined): { thread_ts?: string } {
    return channel === CUSTOMER ? { thread_ts: thread ?? '1700000000.000100' } : super.threadOf(channel, thread)
  }

  protected override async hand({ kind, payload, tries }: Delivery): Promise<void> {
    const envelope_id = `e${++this.envelopes}`
    const socket = this.socket()
    await new Promise<void>((resolve, reject) => {
      this.waiting.set(envelope_id, resolve)
      socket.once('close', () => reject(new Error('The connection was closed.')))
      const late = setTimeout(() => reject(new Error('Nobody has acknowledged it.')), 3000)
      late.unref()
      const retry = { retry_attempt: tries, retry_reason: tries > 0 ? 'timeout' : '' }
      socket.send(JSON.stringify({ envelope_id, type: kind, payload, accepts_response_payload: false, ...retry }))
    })
  }

  private async open(): Promise<string> {
    const assistant_thread = { user_id: 'UANNA', channel_id: CUSTOMER, thread_ts: '1700000000.000100', context: {} }
    return this.event({ type: 'assistant_thread_started', assistant_thread })
  }

  private socket(): WebSocket {
    const socket = [...this.sockets.clients].findLast(({ readyState }) => readyState === 1)
    if (!socket) throw new Error('Nobody is connected.')
    return socket
  }
}

export const remote: RemoteModule = {
  ...overHttp,
  place: import.meta.url,
  name: 'Slack by Socket Mode',
  has: { ...HAS, typing: true, threads: false, signed: false },
  start: () => SlackSocketRemote.start(),
}
