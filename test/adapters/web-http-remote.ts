import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Answer, Draft, Rating } from '../../packages/adapters/dist/web/protocol.js'
import type { RemoteModule } from './contract/remote.js'
import { Customer, connectWeb, FEATURES, type Heard, type Link, signToken } from './web-customer.js'

/** Somebody without sockets and without a name: `fetch` and server-sent events. */
class Plain implements Link {
  private secret: string | undefined
  private lastId: string | undefined
  private online = false
  private closed = false
  private lost = new AbortController()

  constructor(
    private readonly url: string,
    private readonly heard: Heard,
  ) {
    void this.listen()
  }

  async send(draft: Draft | Rating): Promise<Answer> {
    const response = await this.post('messages', JSON.stringify(draft))
    return (await response.json()) as Answer
  }

  bearer(): string {
    return this.secret ?? ''
  }

  async ready(): Promise<void> {
    while (!this.online) await sleep(10)
  }

  drop(): void {
    this.online = false
    this.lost.abort()
    this.lost = new AbortController()
  }

  close(): void {
    this.closed = true
    this.lost.abort()
  }

  async forge(what: 'signature' | 'malformed'): Promise<number> {
    const token = signToken({ sub: 'anna' }, { secret: 'somebody else’s secret, just as long' })
    if (what === 'malformed') return (await this.post('messages', '{"id":"1","text":["'.repeat(50))).status
    return (await this.post('messages', '{"id":"1","text":"Are you open?"}', token)).status
  }

  private post(what: string, body: string, bearer = this.bearer()): Promise<Response> {
    const headers = { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' }
    return fetch(this.url + what, { method: 'POST', headers, body, signal: this.lost.signal })
  }

  /** What an EventSource does, with a header that it cannot send. */
  private async listen(): Promise<void> {
    while (!this.closed) {
      await this.stream().catch(() => {})
      this.online = false
      await sleep(20)
    }
  }

  private async stream(): Promise<void> {
    const headers = {
      ...(this.secret && { authorization: `Bearer ${this.secret}` }),
      ...(this.lastId && { 'last-event-id': this.lastId }),
    }
    const response = await fetch(`${this.url}events`, { headers, signal: this.lost.signal })
    if (!response.ok || !response.body) throw new Error(await response.text())
    let [event, data, id] = ['', '', this.lastId]
    const lines = createInterface({ input: Readable.fromWeb(response.body as ReadableStream) })
    for await (const line of lines) {
      if (line.startsWith('event: ')) event = line.slice('event: '.length)
      if (line.startsWith('data: ')) data = line.slice('data: '.length)
      if (line.startsWith('id: ')) id = line.slice('id: '.length)
      if (line !== '' || event === '') continue
      this.happen(event, JSON.parse(data))
      this.lastId = id
      event = ''
    }
  }

  private happen(event: string, data: unknown): void {
    if (event === 'welcome') this.secret = (data as { conversation: string }).conversation
    // What was missed comes after the welcome.
    this.online = true
    this.heard[event as keyof Heard](data as never)
  }
}

export const remote: RemoteModule = {
  place: import.meta.url,
  name: 'web over plain HTTP',
  channel: 'web',
  longest: Number.MAX_SAFE_INTEGER,
  has: FEATURES,
  start: () => Customer.start((url, heard) => new Plain(url, heard)),
  connect: connectWeb,
}
