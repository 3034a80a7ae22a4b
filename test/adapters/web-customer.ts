import { createHmac, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { web } from '@colloquy/adapters/web'
import { type Channel, type Choice, type Json, type Part, plainText } from '@colloquy/core'
import type {
  Answer,
  BotEntry,
  Draft,
  Entry,
  Rating,
  Uploaded,
  Welcome,
} from '../../packages/adapters/dist/web/protocol.js'
import type { Features, Remote, Seen, Sent, Writing } from './contract/remote.js'

/** What the site of the contract signs its tokens with. */
export const SECRET = 'a secret of the shop that nobody else knows'

export const FEATURES: Features = {
  edit: true,
  typing: true,
  threads: false,
  room: false,
  bots: false,
  signed: true,
  limits: false,
}

/** A token as the site's own server signs it. */
export function signToken(claims: object, { secret = SECRET, alg = 'HS256' } = {}): string {
  const exp = Math.floor(Date.now() / 1000) + 600
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const told = `${part({ alg, typ: 'JWT' })}.${part({ exp, ...claims })}`
  return `${told}.${createHmac('sha256', secret).update(told).digest('base64url')}`
}

/** What a link to the server tells its customer. */
export interface Heard {
  welcome(welcome: Welcome): void
  history(entries: Entry[]): void
  message(entry: Entry): void
  typing(soFar: string | null | undefined): void
}

/** A connection that comes back by itself, until it is closed. */
export interface Link {
  /** Rejects where there is no connection, or it is lost before the answer. */
  send(draft: Draft | Rating): Promise<Answer>
  /** For `Authorization`. */
  bearer(): string
  /** Resolves while there is a connection. */
  ready(): Promise<void>
  /** Loses the connection. */
  drop(): void
  close(): void
  forge(what: 'signature' | 'malformed'): Promise<number | 'closed'>
}

export function connectWeb(options: Json): Channel {
  const { port, folder } = options as { port: number; folder: string }
  return web({ port, uploads: { folder }, identity: { secret: SECRET } })
}

/** A customer with a browser, or with a program of their own: what stays of the web while servers come and go. */
export class Customer implements Remote {
  readonly options: { port: number; folder: string }
  private readonly entries = new Map<string, BotEntry>()
  private readonly texts = new Map<string, string[]>()
  private readonly unsent = new Map<string, Draft>()
  private readonly drafts = new Map<string, Draft>()
  private soFar: string[] = []
  private typed = 0
  private breaks = 0

  private constructor(
    port: number,
    private readonly link: Link,
  ) {
    this.options = { port, folder: join(tmpdir(), `colloquy-web-${port}`) }
  }

  static async start(connect: (url: string, heard: Heard) => Link): Promise<Customer> {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    server.close()
    await once(server, 'close')
    const heard: Heard = {
      welcome: () => {},
      history: (entries) => entries.map((entry) => customer.hear(entry)),
      message: (entry) => customer.hear(entry),
      typing: (soFar) => customer.watch(soFar ?? ''),
    }
    const customer = new Customer(port, connect(`http://127.0.0.1:${port}/`, heard))
    return customer
  }

  async write(text: string, { files = [] }: Writing = {}): Promise<string> {
    if (files.length > 0) await this.link.ready()
    const uploads = await Promise.all(files.map((file) => this.upload(file)))
    return this.submit({ id: randomUUID(), text, ...(uploads.length > 0 && { uploads: uploads.map(({ id }) => id) }) })
  }

  async again(id: string): Promise<void> {
    await this.link.ready()
    await this.link.send(this.drafts.get(id) as Draft)
  }

  async redeliver(): Promise<void> {
    await this.link.ready()
    for (const draft of this.unsent.values()) await this.deliver(draft)
  }

  press(label: string): Promise<string> {
    const offered = [...this.entries.values()].flatMap(({ parts }) => parts.flatMap(choicesOf))
    const choice = offered.findLast((one) => one.label === label)
    if (!choice) throw new Error(`Nothing is called ${label}.`)
    return this.submit({ id: randomUUID(), text: label, choice: choice.value })
  }

  async rate({ id: message }: Seen, value: 1 | -1): Promise<void> {
    await this.link.send({ id: randomUUID(), feedback: { value, message } })
  }

  async seen(): Promise<Seen[]> {
    const seen = await Promise.all([...this.entries.values()].map((entry) => this.shown(entry)))
    const text = this.soFar.at(-1)
    return text ? [...seen, { id: 'so far', text, choices: [], images: [], files: [] }] : seen
  }

  typing(): number {
    return this.typed
  }

  history(id: string): string[] {
    return this.texts.get(id) ?? []
  }

  forge(what: 'signature' | 'malformed'): Promise<number | 'closed'> {
    return this.link.forge(what)
  }

  /** The web cannot turn away what the bot says: what breaks is the connection, right after the customer has written. */
  refuse(_how: 'limit' | 'broken', calls: number): void {
    this.breaks = calls
  }

  async stop(): Promise<void> {
    this.link.close()
    rmSync(this.options.folder, { recursive: true, force: true })
  }

  private async submit(draft: Draft): Promise<string> {
    this.drafts.set(draft.id, draft)
    this.unsent.set(draft.id, draft)
    await this.link.ready()
    await this.deliver(draft)
    return draft.id
  }

  private async deliver(draft: Draft): Promise<void> {
    while (this.breaks > 0) {
      this.breaks--
      const lost = this.link.send(draft).catch(() => {})
      await sleep(2)
      this.link.drop()
      await lost
      await this.link.ready()
    }
    const answer = await this.link.send(draft)
    if (!answer.ok) throw new Error(answer.error)
    this.unsent.delete(draft.id)
  }

  private async upload({ name, type, bytes }: Sent): Promise<Uploaded> {
    const url = `http://127.0.0.1:${this.options.port}/uploads?name=${encodeURIComponent(name)}`
    const headers = { 'content-type': type, authorization: `Bearer ${this.link.bearer()}` }
    const response = await fetch(url, { method: 'POST', headers, body: Buffer.from(bytes) })
    if (response.status !== 201) throw new Error(await response.text())
    return (await response.json()) as Uploaded
  }

  private hear(entry: Entry): void {
    if (entry.from !== 'bot' || this.entries.has(entry.id)) return
    this.texts.set(entry.id, [...this.soFar, plainText(entry.parts)])
    this.soFar = []
    this.entries.set(entry.id, entry)
  }

  private watch(soFar: string): void {
    this.typed++
    if (soFar) this.soFar.push(soFar)
  }

  private async shown({ id, parts, speaker }: BotEntry): Promise<Seen> {
    const files = parts.filter((part) => part.type === 'file')
    return {
      id,
      text: parts.map((part) => (part.type === 'card' ? `${part.title}\n${part.text}` : plainText([part]))).join('\n'),
      ...(speaker !== undefined && { by: speaker }),
      choices: parts.flatMap(choicesOf).map(({ label }) => label),
      images: parts.flatMap((part) => (part.type === 'image' ? [part.alt] : part.type === 'card' ? [part.title] : [])),
      files: await Promise.all(files.map(async ({ name, url }) => ({ name, bytes: await this.bytes(url) }))),
    }
  }

  private async bytes(url: string): Promise<number> {
    const response = await fetch(new URL(url, `http://127.0.0.1:${this.options.port}/`))
    return response.ok ? (await response.arrayBuffer()).byteLength : 0
  }
}

function choicesOf(part: Part): Choice[] {
  return part.type === 'choices' || part.type === 'card' ? (part.choices ?? []) : []
}
