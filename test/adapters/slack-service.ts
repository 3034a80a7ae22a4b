import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { types } from '@slack/bolt'

export const TEAM = 'T1'
export const BOT = 'UBOT'
export const BOT_ID = 'BBOT'
export const TOKEN = 'xoxb-the-bot-token'
export const SCOPES = 'chat:write,chat:write.customize,files:read,files:write,users:read'

/** A block as the bot posts it, as far as a person sees it. */
export type Block = types.KnownBlock

/** A message in the workspace. */
export interface Posted {
  channel: string
  ts: string
  user: string
  text: string
  thread_ts?: string
  blocks?: Block[]
  metadata?: object
  username?: string
  files?: Stored[]
  /** Streamed, and not stopped yet. */
  streaming?: boolean
  history: string[]
}

/** A file in the workspace. */
export interface Stored {
  id: string
  name: string
  title: string
  mimetype: string
  alt_txt?: string
  bytes: Buffer
  /** Where it says it can be downloaded, where that is elsewhere. */
  url?: string
}

type Args = Record<string, string>
type Answer = Record<string, unknown>

/** Slack's Web API, as far as the adapter calls it, with the limits that the real one has. */
export class SlackService {
  readonly messages: Posted[] = []
  readonly files = new Map<string, Stored>()
  readonly names = new Map<string, string>([['UANNA', 'Anna']])
  readonly calls: { method: string; args: Args; token: string }[] = []
  readonly server: Server
  /** Further methods, or other answers. */
  readonly methods: Record<string, (args: Args) => Answer> = {}
  scopes = SCOPES
  private refusals: { how: 'limit' | 'broken'; left: number } = { how: 'limit', left: 0 }
  private clock = Date.now() * 1000

  constructor() {
    this.server = createServer((request, response) => void this.answer(request, response))
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve))
  }

  get base(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`
  }

  get apiUrl(): string {
    return `${this.base}/api/`
  }

  refuse(how: 'limit' | 'broken', calls: number): void {
    this.refusals = { how, left: calls }
  }

  /** A timestamp, newer than every other. */
  ts(): string {
    const now = String(++this.clock)
    return `${now.slice(0, -6)}.${now.slice(-6)}`
  }

  count(method: string): number {
    return this.calls.filter((call) => call.method === method).length
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections()
    await new Promise((resolve) => this.server.close(resolve))
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const body = Buffer.concat(chunks)
    const [, place = '', method = ''] = request.url?.split('?')[0]?.split('/') ?? []
    const token = request.headers.authorization?.replace('Bearer ', '') ?? ''
    if (place === 'upload') {
      const stored = this.files.get(method) as Stored
      const form = await new Response(body, {
        headers: { 'content-type': request.headers['content-type'] ?? '' },
      }).formData()
      const [[, file] = []] = [...form]
      stored.bytes = Buffer.from(await (file as File).arrayBuffer())
      return void response.end('OK')
    }
    if (place === 'files-pri') {
      // Whoever may not read files is sent to the login page.
      if (token !== TOKEN || !this.scopes.includes('files:read'))
        return void response.writeHead(302, { location: '/login' }).end()
      return void response.end(this.files.get(method)?.bytes)
    }
    const args = Object.fromEntries(new URLSearchParams(body.toString()))
    this.calls.push({ method, args, token })
    const refused = this.refusals.left > 0
    if (refused) this.refusals.left--
    if (refused && this.refusals.how === 'limit')
      return void response.writeHead(429, { 'retry-after': '1' }).end('{"ok":false,"error":"ratelimited"}')
    const answer = this.call(method, args)
    // Broken in the worst way: it was done, and nobody hears of it.
    if (refused) return void response.writeHead(503).end('Service unavailable')
    response.writeHead(200, { 'content-type': 'application/json', 'x-oauth-scopes': this.scopes })
    response.end(JSON.stringify(answer))
  }

  private call(method: string, args: Args): Answer {
    try {
      const own = this.methods[method] ?? this.known[method]
      return own ? { ok: true, ...own(args) } : { ok: false, error: 'unknown_method' }
    } catch (error) {
      return { ok: false, error: (error as Error).message }
    }
  }

  private find({ channel, ts }: Args): Posted {
    const found = this.messages.find((one) => one.channel === channel && one.ts === ts)
    if (!found) throw new Error('message_not_found')
    return found
  }

  private readonly known: Record<string, (args: Args) => Answer> = {
    'auth.test': () => ({ user_id: BOT, bot_id: BOT_ID, team_id: TEAM, team: 'The shop' }),
    'users.info': ({ user = '' }) => ({
      user: { id: user, name: user.toLowerCase(), locale: 'en-US', profile: { real_name: this.names.get(user) } },
    }),
    'chat.postMessage': (args) => {
      const message: Posted = {
        ...(args as { channel: string; text: string; thread_ts?: string; username?: string }),
        ts: this.ts(),
        user: BOT,
        history: [],
        ...contentOf(args),
      }
      this.messages.push(message)
      message.history.push(textOf(message))
      return { ts: message.ts, channel: message.channel }
    },
    'chat.update': (args) => {
      const message = this.find(args)
      if (message.streaming) throw new Error('streaming_state_conflict')
      Object.assign(message, { text: args.text }, contentOf(args))
      message.history.push(textOf(message))
      return { ts: message.ts }
    },
    'chat.startStream': (args) => {
      if (!args.thread_ts) throw new Error('invalid_arguments')
      const blocks = [{ type: 'markdown', text: args.markdown_text ?? '' }] as Block[]
      const message = {
        ...(args as { channel: string; thread_ts: string }),
        ts: this.ts(),
        user: BOT,
        text: '',
        blocks,
      }
      this.messages.push({ ...message, streaming: true, history: [args.markdown_text ?? ''] })
      return { ts: message.ts }
    },
    'chat.appendStream': (args) => {
      const message = this.find(args)
      if (!message.streaming) throw new Error('message_not_in_streaming_state')
      const [block] = message.blocks as [types.MarkdownBlock]
      block.text += args.markdown_text
      message.history.push(block.text)
      return { ts: message.ts }
    },
    'chat.stopStream': (args) => {
      const message = this.find(args)
      if (!message.streaming) throw new Error('message_not_in_streaming_state')
      message.streaming = false
      return { ts: message.ts }
    },
    'assistant.threads.setStatus': () => ({}),
    'conversations.open': ({ users = '' }) => ({ channel: { id: `D${users}` } }),
    'conversations.history': ({ channel, oldest = '0' }) => ({
      messages: this.messages.filter((one) => one.channel === channel && !one.thread_ts && one.ts > oldest).reverse(),
    }),
    'conversations.replies': ({ channel, ts = '', oldest = '0' }) => ({
      messages: this.messages.filter(
        (one) => one.channel === channel && (one.ts === ts || (one.thread_ts === ts && one.ts > oldest)),
      ),
    }),
    'files.getUploadURLExternal': ({ filename = '', alt_txt, alt_text }) => {
      const id = `F${this.files.size + 1}`
      const alt = alt_text ?? alt_txt
      const mimetype = /\.png$/.test(filename) || alt ? 'image/png' : 'text/plain'
      this.files.set(id, {
        id,
        name: filename,
        title: filename,
        mimetype,
        bytes: Buffer.alloc(0),
        ...(alt && { alt_txt: alt }),
      })
      return { upload_url: `${this.base}/upload/${id}`, file_id: id }
    },
    'files.completeUploadExternal': (args) => {
      const given: { id: string; title: string }[] = JSON.parse(args.files ?? '[]')
      const files = given.map(({ id, title }) => Object.assign(this.files.get(id) as Stored, { title }))
      const { channel_id: channel = '', thread_ts } = args
      const message = { channel, ts: this.ts(), user: BOT, text: '', files, history: [] }
      this.messages.push({ ...message, ...(thread_ts && { thread_ts }) })
      return { files: files.map(({ id, title }) => ({ id, title })) }
    },
    'files.info': ({ file = '' }) => {
      const stored = this.files.get(file)
      if (!stored) throw new Error('file_not_found')
      const { bytes, url = `${this.base}/files-pri/${file}`, ...about } = stored
      return { file: { ...about, size: bytes.length, url_private: url, url_private_download: url } }
    },
    'views.open': () => ({}),
    'views.publish': () => ({}),
  }
}

/** Blocks and metadata of a call; what Slack would refuse is refused. */
function contentOf({ blocks, metadata }: Args): Pick<Posted, 'blocks' | 'metadata'> {
  const given: Block[] = JSON.parse(blocks ?? '[]')
  const lengths = given.map((block) => (block.type === 'markdown' ? block.text.length : 0))
  const sizes = given.flatMap((block) => (block.type === 'actions' ? block.elements.map(sizeOf) : []))
  const tooLong = lengths.reduce((sum, one) => sum + one, 0) > 12_000
  if (given.length > 50 || tooLong || sizes.some((fits) => !fits)) throw new Error('invalid_blocks')
  return { blocks: given, ...(metadata && { metadata: JSON.parse(metadata) }) }
}

function sizeOf(element: types.ActionsBlockElement): boolean {
  if (element.type === 'button') return element.text.text.length <= 75 && (element.value ?? '').length <= 2000
  if (element.type !== 'static_select') return true
  const options = element.options ?? []
  return options.length <= 100 && options.every(({ text, value = '' }) => text.text.length <= 75 && value.length <= 150)
}

/** What stands in a message for people to read. */
export function textOf({ blocks = [], text }: Pick<Posted, 'blocks' | 'text'>): string {
  if (blocks.length === 0) return text ?? ''
  const texts = blocks.flatMap((block) => {
    if (block.type === 'markdown') return [block.text]
    return block.type === 'section' && block.text ? [block.text.text] : []
  })
  return texts.join('\n')
}
