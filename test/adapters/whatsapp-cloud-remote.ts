import { createHash, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { whatsappCloud } from '@colloquy/adapters/whatsapp-cloud'
import type { Json } from '@colloquy/core'
import type { Remote, RemoteModule, Seen, Writing } from './contract/remote.js'
import {
  complaint,
  envelope,
  type Fields,
  freePort,
  type Interactive,
  NUMBER,
  rowsOf,
  SECRET,
  type Sent,
  sign,
  TOKEN,
  VERIFY,
} from './whatsapp-cloud-wire.js'

const CUSTOMER = '4915112345678'
const THUMBS = { 1: '👍', [-1]: '👎' }

interface Media {
  id: string
  name: string
  type: string
  bytes: Buffer
}

/** Meta's side on this machine: the Graph API as far as messages need it, and webhooks that are signed and delivered again. */
export class Graph implements Remote {
  readonly sent: Sent[] = []
  readonly media = new Map<string, Media>()
  /** When each call came, and what it was answered with. */
  readonly calls: { at: number; path: string; status: number }[] = []
  /** Where a file is said to be, instead of at this server. */
  mediaUrl: string | undefined
  private readonly webhooks = new Map<string, string>()
  private readonly pending = new Set<string>()
  private refusing: { how: 'limit' | 'broken'; calls: number } = { how: 'limit', calls: 0 }
  private ids = 0

  private constructor(
    private readonly server: Server,
    /** Where the adapter listens. */
    readonly port: number,
  ) {}

  static async start(): Promise<Graph> {
    const server = createServer()
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const graph = new Graph(server, await freePort())
    server.on('request', (request, response) => void graph.answer(request, response))
    return graph
  }

  get options() {
    const { port } = this.server.address() as AddressInfo
    return { api: `http://127.0.0.1:${port}/v24.0`, port: this.port }
  }

  get origin(): string {
    return new URL(this.options.api).origin
  }

  async write(text: string, { name = 'Anna Keller', files = [] }: Writing = {}): Promise<string> {
    const [file, ...more] = files.map((one) => {
      const id = String(1000 + this.media.size)
      this.media.set(id, { id, name: one.name, type: one.type, bytes: Buffer.from(one.bytes) })
      return { id, filename: one.name, mime_type: one.type }
    })
    for (const document of more) await this.deliver({ type: 'document', document }, name)
    if (!file) return this.deliver({ type: 'text', text: { body: text } }, name)
    return this.deliver({ type: 'document', document: { ...file, ...(text && { caption: text }) } }, name)
  }

  async again(id: string): Promise<void> {
    const status = await this.post(this.webhooks.get(id) ?? '')
    if (status !== 200) throw new Error(`the webhook answered ${status}`)
  }

  async redeliver(): Promise<void> {
    for (const id of this.pending) {
      await this.again(id)
      this.pending.delete(id)
    }
  }

  async press(label: string): Promise<string> {
    for (const { id, payload } of [...this.sent].reverse()) {
      const { interactive } = payload as { interactive?: Interactive }
      const context = { from: NUMBER, id }
      const button = interactive?.action.buttons?.find(({ reply }) => reply.title === label)
      const row = rowsOf(interactive).find(({ title, description }) => (description ?? title) === label)
      if (button)
        return this.deliver({
          type: 'interactive',
          context,
          interactive: { type: 'button_reply', button_reply: button.reply },
        })
      if (row)
        return this.deliver({ type: 'interactive', context, interactive: { type: 'list_reply', list_reply: row } })
      const number = new RegExp(`^(\\d+)\\. ${label}$`, 'm').exec((payload.text as { body?: string })?.body ?? '')?.[1]
      if (number) return this.write(number)
    }
    throw new Error(`"${label}" is not offered`)
  }

  async rate({ id }: Seen, value: 1 | -1): Promise<void> {
    await this.deliver({ type: 'reaction', reaction: { message_id: id, emoji: `${THUMBS[value]}🏽` } })
  }

  async seen(): Promise<Seen[]> {
    return this.sent.filter(({ payload }) => payload.type).map((one) => this.show(one))
  }

  typing(): number {
    return this.sent.filter(({ payload }) => payload.typing_indicator).length
  }

  history(id: string): string[] {
    return this.sent.filter((one) => one.id === id).map((one) => this.show(one).text)
  }

  async forge(what: 'signature' | 'malformed'): Promise<number> {
    if (what === 'signature') {
      const body = this.webhook({ id: 'wamid.forged', type: 'text', text: { body: 'Are you open?' } })
      return this.post(body, sign(body, 'another secret'))
    }
    const change = (value: unknown) => ({
      object: 'whatsapp_business_account',
      entry: [{ changes: [{ field: 'messages', value }] }],
    })
    const metadata = { phone_number_id: NUMBER }
    const shapes = ['[]', '{', 'null', '{"entry":7}', `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`].concat(
      [
        7,
        { metadata, messages: 'none' },
        { metadata, messages: [null, 5, { from: {}, id: [] }, { id: 'm', from: 'f', type: 'text' }] },
      ]
        .map(change)
        .map((one) => JSON.stringify(one)),
    )
    let worst = 0
    for (const shape of shapes) worst = Math.max(worst, await this.post(shape))
    return worst
  }

  refuse(how: 'limit' | 'broken', calls: number): void {
    this.refusing = { how, calls }
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections()
    this.server.close()
  }

  /** Delivers a message of the customer's. */
  async deliver(message: Fields, name = 'Anna Keller'): Promise<string> {
    const id = `wamid.in${++this.ids}${randomUUID()}`
    const body = this.webhook({ id, ...message }, name)
    this.webhooks.set(id, body)
    this.pending.add(id)
    await this.again(id)
    this.pending.delete(id)
    return id
  }

  webhook(message: Fields, name = 'Anna Keller', number = NUMBER): string {
    const timestamp = String(Math.floor(Date.now() / 1000))
    return envelope(
      {
        contacts: [{ profile: { name }, wa_id: CUSTOMER }],
        messages: [{ from: CUSTOMER, timestamp, ...message }],
      },
      number,
    )
  }

  /** Posts a webhook, and gives the status of its answer. */
  async post(body: string, signature = sign(body, SECRET)): Promise<number> {
    // A restarted channel is a new server: nothing is kept alive.
    const headers = { 'content-type': 'application/json', 'x-hub-signature-256': signature, connection: 'close' }
    const response = await fetch(`http://127.0.0.1:${this.port}/whatsapp`, { method: 'POST', body, headers })
    await response.text()
    return response.status
  }

  private show({ id, payload }: Sent): Seen {
    const { text, interactive, image, document } = payload as {
      text?: { body: string }
      interactive?: Interactive
      image?: { id: string; caption?: string }
      document?: { id: string; filename: string; caption?: string }
    }
    const said = text?.body ?? interactive?.body.text ?? image?.caption ?? document?.caption ?? ''
    const lines = [...said.matchAll(/^\d+\. (.+)$/gm)].map(([, label = '']) => label)
    const buttons = (interactive?.action.buttons ?? []).map(({ reply }) => reply.title)
    const rows = rowsOf(interactive).map(({ title, description }) => description ?? title)
    const pictures = [image?.id, interactive?.header?.image?.id].flatMap((one) => this.media.get(one ?? '') ?? [])
    const file = this.media.get(document?.id ?? '')
    return {
      id,
      text: said,
      choices: [...buttons, ...rows, ...lines],
      images: pictures.map(({ name }) => name),
      files: file && document ? [{ name: document.filename, bytes: file.bytes.length }] : [],
    }
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? ''
    const body = await buffer(request)
    const reply = (status: number, answer: unknown, headers = {}) => {
      this.calls.push({ at: Date.now(), path, status })
      response.writeHead(status, { 'content-type': 'application/json', ...headers })
      response.end(Buffer.isBuffer(answer) ? answer : JSON.stringify(answer))
    }
    const wrong = (status: number, code: number, details: string, headers = {}) =>
      reply(status, { error: { message: `(#${code}) Error`, code, error_data: { details } } }, headers)
    if (request.headers.authorization !== `Bearer ${TOKEN}`) return wrong(401, 190, 'Error validating access token')
    if (this.refusing.calls > 0) {
      this.refusing.calls--
      if (this.refusing.how === 'limit') return wrong(429, 130429, 'Rate limit hit', { 'retry-after': '1' })
      if (this.refusing.calls % 2) return void request.socket.destroy()
      return wrong(500, 131000, 'Something went wrong')
    }
    const [, id = ''] = /^\/(?:v24\.0|download)\/(\d+)/.exec(path) ?? []
    const file = this.media.get(id)
    if (path === `/v24.0/${NUMBER}/messages`) {
      const payload = JSON.parse(body.toString()) as Sent['payload']
      const problem = complaint(payload, {
        webhook: (one) => this.webhooks.has(one),
        media: (one) => this.media.has(one),
      })
      if (problem) return wrong(400, 131009, problem)
      const sent = { id: `wamid.out${this.sent.length}`, at: Date.now(), payload }
      this.sent.push(sent)
      return reply(200, payload.status ? { success: true } : { messages: [{ id: sent.id }] })
    }
    if (path === `/v24.0/${NUMBER}/media`) {
      const form = await new Response(new Uint8Array(body), {
        headers: { 'content-type': String(request.headers['content-type']) },
      }).formData()
      const upload = form.get('file') as File
      const made = String(1000 + this.media.size)
      this.media.set(made, {
        id: made,
        name: upload.name,
        type: upload.type,
        bytes: Buffer.from(await upload.arrayBuffer()),
      })
      return reply(200, { id: made })
    }
    const to = new URL(path, this.origin).searchParams.get('to')
    if (to) return void response.writeHead(302, { location: to }).end()
    if (file && path.startsWith('/download/')) return reply(200, file.bytes, { 'content-type': file.type })
    if (!file) return wrong(404, 100, 'Unsupported get request')
    const sha256 = createHash('sha256').update(file.bytes).digest('hex')
    const url = this.mediaUrl ?? `${this.origin}/download/${id}`
    return reply(200, { id, url, sha256, mime_type: file.type, file_size: file.bytes.length })
  }
}

export const remote: RemoteModule = {
  place: import.meta.url,
  name: 'WhatsApp Cloud API',
  channel: 'whatsapp-cloud',
  longest: 4096,
  has: { edit: false, typing: true, threads: false, room: false, bots: false, signed: true, limits: true },
  start: () => Graph.start(),
  connect: (options: Json) =>
    whatsappCloud({
      token: TOKEN,
      phoneNumberId: NUMBER,
      appSecret: SECRET,
      verifyToken: VERIFY,
      ...(options as { api: string; port: number }),
    }),
}
