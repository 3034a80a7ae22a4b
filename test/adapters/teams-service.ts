import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer, json } from 'node:stream/consumers'
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import type { Sent } from './contract/remote.js'

export type Fields = Record<string, unknown>

export const APP = '11111111-2222-3333-4444-555555555555'
export const TENANT = '99999999-8888-7777-6666-555555555555'
const ISSUER = 'https://api.bots.example'

/** A message of the bot's, as it stands now. */
interface Shown {
  id: string
  conversation: string
  activity: Fields
  thread?: string
  /** A file that was accepted, and reached the service. */
  file?: { name: string; bytes: number }
}

const real = await generateKeyPair('RS256')
const other = await generateKeyPair('RS256')

/** The Bot Connector service of Teams with its keys and its login, on this machine. */
export class TeamsService {
  readonly bot = { id: `28:${APP}`, name: 'The Bot' }
  readonly tenant = TENANT
  readonly history = new Map<string, string[]>()
  typing = 0
  /** Whether people take the files that they are offered. */
  agrees = true
  /** The next calls are refused, once some have been taken. */
  refusing: { status: number; calls: number; after?: number } = { status: 0, calls: 0 }
  /** Every call of the bot's that was taken. */
  readonly calls: { method: string; path: string; body: Fields }[] = []
  private readonly shown: Shown[] = []
  private readonly files = new Map<string, Sent>()
  private readonly server: Server
  private port = 0
  private made = 0

  constructor(private readonly library: 'botbuilder' | 'agents-hosting') {
    this.server = createServer((request, response) => void this.serve(request, response))
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`
  }

  get options() {
    const login = this.url.slice(0, -1)
    const cloud = { login, metadata: `${login}/openid`, issuer: ISSUER, scope: ISSUER }
    return { appId: APP, password: 'a secret', tenant: TENANT, library: this.library, port: this.port, cloud }
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve))
    // A port that the bot can have, in this process or another.
    const probe = createServer()
    await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
    this.port = (probe.address() as AddressInfo).port
    await new Promise((resolve) => probe.close(resolve))
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections()
    await new Promise((resolve) => this.server.close(resolve))
  }

  in(conversation: string): Shown[] {
    return this.shown.filter((one) => one.conversation === conversation)
  }

  /** What stands in the threads of a channel. */
  under(channel: string): Shown[] {
    return this.shown.filter((one) => one.conversation.startsWith(channel))
  }

  attach(file: Sent): string {
    const id = `f${++this.made}`
    this.files.set(id, file)
    return `${this.url}v3/attachments/${id}/views/original`
  }

  token(claims: JWTPayload = {}, key = real.privateKey, expires: string | number = '5m'): Promise<string> {
    return new SignJWT({ iss: ISSUER, aud: APP, serviceurl: this.url, ...claims })
      .setProtectedHeader({ alg: 'RS256', kid: 'k1' })
      .setIssuedAt()
      .setExpirationTime(expires)
      .sign(key)
  }

  /** Signed by somebody else. */
  forged(): Promise<string> {
    return this.token({}, other.privateKey)
  }

  /** Posts an activity to the bot: the status of its answer. */
  async post(activity: Fields, token?: string | null): Promise<number> {
    return (await this.request(activity, token)).status
  }

  async request(activity: Fields, token?: string | null): Promise<Response> {
    const authorization = token === null ? undefined : `Bearer ${token ?? (await this.token())}`
    return fetch(`http://127.0.0.1:${this.port}/api/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(authorization && { authorization }) },
      body: JSON.stringify({ channelId: 'msteams', serviceUrl: this.url, locale: 'en-US', ...activity }),
    })
  }

  /** Delivers an activity, and fails where it is not acknowledged. */
  async deliver(activity: Fields): Promise<void> {
    const status = await this.post(activity)
    if (status !== 200) throw new Error(`the bot answered ${status}`)
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '' } = request
    const path = decodeURIComponent(url.slice(1))
    const end = (status: number, body: unknown = {}) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    if (path === 'openid') return void end(200, { issuer: ISSUER, jwks_uri: `${this.url}keys` })
    if (/keys$/.test(path)) {
      const key = {
        ...(await exportJWK(real.publicKey)),
        kid: 'k1',
        use: 'sig',
        alg: 'RS256',
        endorsements: ['msteams'],
      }
      return void end(200, { keys: [key] })
    }
    if (path.endsWith('oauth2/v2.0/token')) {
      const asked = new URLSearchParams((await buffer(request)).toString())
      if (asked.get('client_secret') !== 'a secret') return void end(401, { error: 'invalid_client' })
      return void end(200, { access_token: 'bot-token', expires_in: 3600 })
    }
    const upload = /^upload\/(.+)/.exec(path)
    if (upload && method === 'PUT') {
      const shown = this.shown.find(({ id }) => id === upload[1])
      if (shown) shown.file = { name: String(shown.activity.name), bytes: (await buffer(request)).length }
      return void end(201)
    }
    if (request.headers.authorization !== 'Bearer bot-token') return void end(401)
    const view = /^v3\/attachments\/(\w+)\/views\/original$/.exec(path)
    if (view) {
      const file = this.files.get(view[1] ?? '')
      return void response.writeHead(file ? 200 : 404, { 'content-type': file?.type ?? 'text/plain' }).end(file?.bytes)
    }
    const body = (method === 'GET' ? {} : await json(request)) as Fields
    const { refusing } = this
    if ((refusing.after ?? 0) > 0) refusing.after = (refusing.after ?? 0) - 1
    else if (refusing.calls-- > 0) {
      response.setHeader('retry-after', '1')
      return void end(refusing.status, { error: { code: 'Refused' } })
    }
    this.calls.push({ method, path, body })
    const to = /^v3\/conversations\/([^/]+)\/activities(?:\/(.+))?$/.exec(path)
    if (!to?.[1]) return void end(404)
    if (method === 'PUT') return void end(200, { id: this.update(to[2] ?? '', body) })
    return void end(201, { id: await this.take(to[1], body) })
  }

  private async take(conversation: string, activity: Fields): Promise<string> {
    const stream = activity.channelData as Fields | undefined
    if (activity.type === 'typing') this.typing++
    if (activity.type === 'typing' && !stream?.streamType) return ''
    if (stream?.streamId) return this.update(String(stream.streamId), activity)
    const id = `b${++this.made}`
    this.show(id, conversation, activity)
    const [consent] = (activity.attachments ?? []) as Fields[]
    if (this.agrees && consent?.contentType === 'application/vnd.microsoft.teams.card.file.consent')
      void this.accept(id, consent, conversation)
    return id
  }

  private show(id: string, conversation: string, activity: Fields): void {
    // What is posted to a channel itself begins a thread.
    const thread = conversation.split(';messageid=')[1] ?? (conversation.startsWith('19:') ? id : undefined)
    const where = conversation.startsWith('19:') ? `${conversation.split(';')[0]};messageid=${thread}` : conversation
    this.shown.push({ id, conversation: where, activity, ...(thread && { thread }) })
    this.history.set(id, [String(activity.text ?? '')])
  }

  private update(id: string, activity: Fields): string {
    const shown = this.shown.find((one) => one.id === id)
    if (shown) shown.activity = activity
    this.history.get(id)?.push(String(activity.text ?? ''))
    return id
  }

  /** The person agrees to take a file. */
  private async accept(id: string, { name, content }: Fields, conversation: string): Promise<void> {
    const shown = this.shown.find((one) => one.id === id)
    if (shown) shown.activity = { ...shown.activity, name }
    const uploadInfo = {
      contentUrl: `https://files.example/${name}`,
      name,
      uploadUrl: `${this.url}upload/${id}`,
      uniqueId: id,
      fileType: 'txt',
    }
    const value = { type: 'fileUpload', action: 'accept', context: (content as Fields).acceptContext, uploadInfo }
    const where = { conversation: { id: conversation, conversationType: 'personal' }, recipient: this.bot }
    await this.post({
      type: 'invoke',
      name: 'fileConsent/invoke',
      id: `c${id}`,
      value,
      from: { id: '29:anna' },
      ...where,
    })
  }
}
