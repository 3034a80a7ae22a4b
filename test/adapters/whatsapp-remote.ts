import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { type WhatsAppOptions, whatsapp } from '@colloquy/adapters/whatsapp'
import type { Json } from '@colloquy/core'
import { type WebSocket, WebSocketServer } from 'ws'
import { CHROMIUM, FLAGS } from '../browser.js'
import type { Remote, RemoteModule, Seen, Writing } from './contract/remote.js'

export const CUSTOMER = '4915112345678@c.us'
const VERSION = '2.9999.1'

type Fields = Record<string, unknown> & { id: { _serialized: string } }

/** What the bot has sent, with every text that it has had. */
interface Outgoing {
  message: Fields & {
    type: string
    body?: string
    caption?: string
    filename?: string
    directPath?: string
    pollOptions?: { name: string; localId: number }[]
  }
  texts: string[]
}

/** WhatsApp's service behind a page that stands in for WhatsApp Web: it outlives the browsers that the page runs in. */
export class Phone implements Remote {
  readonly folder = mkdtempSync(join(tmpdir(), 'colloquy-whatsapp-'))
  readonly sent: Outgoing[] = []
  /** What is told to a page when it connects. */
  state = 'CONNECTED'
  readonly reads: string[] = []
  /** How many pages have connected so far. */
  pages = 0
  private page: WebSocket | undefined
  private readonly written: { chat: string; message: Fields }[] = []
  private readonly files = new Map<string, string>()
  private typed = 0
  private ids = 0
  private broken = 0

  private constructor(private readonly server: WebSocketServer) {
    const html = readFileSync(new URL('whatsapp-page.html', import.meta.url), 'utf8')
    writeFileSync(
      join(this.folder, `${VERSION}.html`),
      html.replace('%port%', String((server.address() as AddressInfo).port)),
    )
    server.on('connection', (socket) => {
      this.pages++
      this.page = socket
      socket.on('close', () => {
        if (this.page === socket) this.page = undefined
      })
      socket.on('message', (data) => {
        const { call, what, body } = JSON.parse(String(data))
        try {
          socket.send(JSON.stringify({ call, answer: this.answer(what, body) ?? null }))
        } catch (error) {
          socket.send(JSON.stringify({ call, error: (error as Error).message }))
        }
      })
      this.tell('hello', { state: this.state, history: this.written })
    })
  }

  static async start(): Promise<Phone> {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
    await once(server, 'listening')
    return new Phone(server)
  }

  get options() {
    return { folder: this.folder }
  }

  async write(text: string, { name = 'Anna Keller', files = [] }: Writing = {}): Promise<string> {
    if (files.length === 0) return this.deliver(CUSTOMER, { type: 'chat', body: text, notifyName: name })
    const ids = files.map((file) => {
      const directPath = this.store(Buffer.from(file.bytes).toString('base64'))
      const named = { filename: file.name, mimetype: file.type, size: file.bytes.length, directPath, mediaKey: 'key' }
      return this.deliver(CUSTOMER, { type: 'document', notifyName: name, caption: text || file.name, ...named })
    })
    return ids.at(-1) ?? ''
  }

  /** Somebody writes in a chat. A page that is not there finds it later. */
  deliver(chat: string, fields: Record<string, unknown>): string {
    const id = `IN${++this.ids}`
    const key = { fromMe: false, remote: chat, id, _serialized: `false_${chat}_${id}` }
    const message = { id: key, from: chat, to: '15550000001@c.us', t: Math.floor(Date.now() / 1000), ack: 1, ...fields }
    this.written.push({ chat, message })
    if (!this.page) throw new Error('no page is connected')
    this.tell('message', { chat, message })
    return key._serialized
  }

  async again(id: string): Promise<void> {
    this.tell(
      'message',
      this.written.find(({ message }) => message.id._serialized === id),
    )
  }

  async redeliver(): Promise<void> {
    while (!this.page) await setTimeout(20)
  }

  async press(label: string): Promise<string> {
    for (const one of [...this.sent].reverse()) {
      const number = numbersOf(one).find(([, offered]) => offered === label)?.[0]
      if (number) return this.write(number)
      const option = one.message.pollOptions?.find(({ name }) => name === label)
      if (option) return this.vote(one, option.localId)
    }
    throw new Error(`"${label}" is not offered`)
  }

  vote({ message }: Outgoing, option: number): string {
    const pollUpdateParentKey = message.id
    this.tell('vote', {
      id: { _serialized: `vote${++this.ids}` },
      voter: CUSTOMER,
      pollUpdateParentKey,
      selectedOptionLocalIds: [option],
      senderTimestampMs: Date.now(),
    })
    return message.id._serialized
  }

  async rate({ id }: Seen, value: 1 | -1): Promise<void> {
    this.react(id, value === 1 ? '👍🏾' : '👎')
  }

  react(id: string, reactionText: string, from = CUSTOMER): void {
    const parent = this.sent.find(({ message }) => message.id._serialized === id)?.message.id
    const key = { _serialized: `reaction${++this.ids}` }
    this.tell('reaction', {
      id: key,
      reactionParentKey: parent,
      reactionTimestamp: Date.now(),
      reactionText,
      from: { _serialized: from },
    })
  }

  async seen(): Promise<Seen[]> {
    return this.sent.map((one) => this.show(one))
  }

  typing(): number {
    return this.typed
  }

  history(id: string): string[] {
    return this.sent.find(({ message }) => message.id._serialized === id)?.texts ?? []
  }

  async forge(): Promise<'closed'> {
    for (const odd of [
      {},
      { type: 'chat', from: null },
      { type: 'chat', body: null },
      { type: 'e2e_notification' },
      { type: 'ciphertext' },
      { type: 'location' },
      { type: 'vcard', body: '' },
    ])
      this.deliver(CUSTOMER, odd)
    return 'closed'
  }

  refuse(_how: 'limit' | 'broken', calls: number): void {
    this.broken = calls
  }

  async stop(): Promise<void> {
    for (const client of this.server.clients) client.terminate()
    this.server.close()
    // A browser whose process was killed may still be writing on its way out.
    for (let tries = 0; existsSync(this.folder) && tries < 200; tries++) {
      await rm(this.folder, { recursive: true, force: true }).catch(() => setTimeout(100))
    }
  }

  /** Tells the page something. */
  tell(tell: string, body?: unknown): void {
    this.page?.send(JSON.stringify({ tell, body }))
  }

  get connected(): boolean {
    return this.page !== undefined
  }

  private answer(what: string, body: string): unknown {
    switch (what) {
      case 'id':
        return `OUT${++this.ids}`
      case 'typing':
        return this.typed++
      case 'seen':
        return this.reads.push(body)
      case 'upload':
        return this.store(body)
      case 'download':
        return this.files.get(body)
      case 'send':
        if (this.broken > 0 && this.broken--) throw new Error('the service is broken')
        {
          const message = body as unknown as Outgoing['message']
          return this.sent.push({ message, texts: [message.body ?? ''] })
        }
      case 'revoke':
        return this.sent.splice(
          this.sent.findIndex(({ message }) => message.id._serialized === body),
          1,
        ).length
      case 'edit': {
        const { id, body: text } = body as unknown as { id: string; body: string }
        const edited = this.sent.find(({ message }) => message.id._serialized === id)
        if (!edited) throw new Error('there is no such message')
        edited.message.body = text
        return edited.texts.push(text)
      }
    }
    throw new Error(`nobody knows ${what}`)
  }

  private store(base64: string): string {
    const path = `/v/${++this.ids}`
    this.files.set(path, base64)
    return path
  }

  private show(one: Outgoing): Seen {
    const { id, type, body = '', caption, filename = '', directPath, pollOptions = [], pollName } = one.message
    const file = Buffer.from(this.files.get(directPath ?? '') ?? '', 'base64')
    return {
      id: id._serialized,
      text: [directPath ? (caption ?? '') : body, pollName].filter(Boolean).join('\n'),
      choices: [...numbersOf(one).map(([, label]) => label), ...pollOptions.map(({ name }) => name)],
      images: type === 'image' ? [filename] : [],
      files: type === 'document' ? [{ name: filename, bytes: file.length }] : [],
    }
  }
}

/** Choices by number. */
function numbersOf({ message }: Outgoing): [number: string, label: string][] {
  return [...(message.body ?? '').matchAll(/^(\d+)\. (.+)$/gm)].map(([, number = '', label = '']) => [number, label])
}

/** An adapter whose browser finds the stand-in instead of WhatsApp Web. */
export function connect(folder: string, options: WhatsAppOptions = {}) {
  return whatsapp({
    folder: join(folder, 'login'),
    ...(CHROMIUM !== undefined && { executablePath: CHROMIUM }),
    ...options,
    client: {
      webVersion: VERSION,
      webVersionCache: { type: 'local', path: folder, strict: true },
      puppeteer: { args: [...FLAGS, '--disable-features=LocalNetworkAccessChecks'] },
      ...options.client,
    },
  })
}

export const remote: RemoteModule = {
  place: import.meta.url,
  name: 'WhatsApp Web',
  channel: 'whatsapp',
  longest: 4096,
  has: { edit: true, typing: true, threads: false, room: false, bots: false, signed: false, limits: false },
  start: () => Phone.start(),
  connect: (options: Json) => connect((options as { folder: string }).folder, { stream: true }),
}
