import { createServer, type IncomingMessage as Request } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import { type ChannelHost, ColloquyError, reason } from '@colloquy/core'
import { parseObject, rawBody } from '../http/body.js'
import { type Endpoint, open } from '../http/endpoint.js'
import { type Activity, activity as shape } from './activity.js'
import { filledIn } from './cards.js'
import type { Cloud } from './cloud.js'
import type { Files } from './files.js'
import type { TeamsOptions } from './index.js'
import { addressOf, isBot, parse } from './parse.js'
import type { Draft, Sdk } from './sdk.js'
import type { Sender } from './send.js'

/** Bytes. Teams sends at most 100 KB of text, twice, and cards. */
const LARGEST = 1024 * 1024
/** How long a request that wants the answer in its response waits for it, and for more of it; milliseconds. */
const ANSWER = 10_000
const MORE = 300

/** What a delivery is answered with. */
interface Answer {
  status: number
  body?: unknown
}

/** Takes what Teams delivers. */
export class Server {
  private readonly path: string
  private readonly inFlight = new Set<Promise<void>>()
  endpoint: Endpoint | undefined

  constructor(
    private readonly options: TeamsOptions,
    private readonly cloud: Cloud,
    private readonly sdk: Sdk,
    private readonly sender: Sender,
    private readonly files: Files,
    private readonly host: ChannelHost,
  ) {
    this.path = `/${options.path ?? 'api/messages'}/`.replace(/\/+/g, '/')
  }

  async start(): Promise<void> {
    const inner = createServer((request, response) => {
      const answered = this.answer(request).catch((error: unknown): Answer => {
        this.host.log.error({ reason: reason(error) }, 'teams: a delivery was not taken')
        return { status: error instanceof ColloquyError && error.code === 'bad_message' ? 400 : 503 }
      })
      const done = answered.then(({ status, body }) => {
        response.writeHead(status, { 'content-type': 'application/json', 'x-content-type-options': 'nosniff' })
        response.end(body && JSON.stringify(body))
        this.inFlight.delete(done)
      })
      this.inFlight.add(done)
    })
    this.endpoint = await open(inner, this.path, { port: 3978, ...this.options })
  }

  async stop(): Promise<void> {
    await Promise.allSettled(this.inFlight)
    this.endpoint?.close()
  }

  private async answer(request: Request): Promise<Answer> {
    const from = request.socket.remoteAddress ?? ''
    const { authorization = '' } = request.headers
    if (`${request.url?.split('?', 1)[0]}/` !== this.path) return { status: 404 }
    if (request.method !== 'POST') return { status: 405 }
    if (!this.cloud.appId && !/^(?:::ffff:)?127\.|^::1$/.test(from)) return { status: 403 }
    const raw = await rawBody(request, LARGEST)
    const body = raw && parseObject(raw.toString())
    const { data: activity } = shape.safeParse(body)
    if (!raw || !body || !activity) return { status: raw ? 400 : 413 }
    let answer: Answer = { status: 401 }
    await this.sdk.receive(authorization, body, async (claims) => {
      if (this.vouches(claims, activity)) answer = await this.take(activity)
    })
    const { tenant } = addressOf(activity)
    if (answer.status === 401) this.host.log.warn({ from }, 'teams: refused a delivery without a good token')
    if (answer.status === 403) this.host.log.warn({ tenant }, 'teams: refused a tenant that is not among `tenants`')
    return answer
  }

  /** The token must be the service's own, and made for the place that the bot's token will go to with the answer. */
  private vouches({ iss, serviceurl }: Record<string, unknown>, { serviceUrl }: Activity): boolean {
    const at = (url: unknown) => String(url).replace(/\/+$/, '').toLowerCase()
    return !this.cloud.appId || (iss === this.cloud.issuer && at(serviceurl) === at(serviceUrl))
  }

  private async take(activity: Activity): Promise<Answer> {
    const { host, sender, options } = this
    const { type, name } = activity
    const address = addressOf(activity)
    if (options.tenants && !options.tenants.includes(address.tenant)) return { status: 403 }
    await this.files.trust(activity.serviceUrl)
    if (isBot(activity)) return { status: 200 }
    if (name === 'fileConsent/invoke') await this.files.consent(activity, sender)
    // An installation is told twice: as such, and as a new member.
    const added = activity.membersAdded.some(({ id }) => id === activity.recipient.id)
    if (options.greeting && (added || (type === 'installationUpdate' && activity.action === 'add'))) {
      const { greeting } = options
      const parts = typeof greeting === 'string' ? [{ type: 'text' as const, text: greeting }] : greeting
      await sender.send(address, { id: `${address.conversation}.greeting`, parts })
    }
    const message = parse(activity, sender.idOf)
    const known = type !== 'invoke' || /^(?:message\/submitAction|fileConsent\/invoke)$/.test(name)
    if (!message) return { status: known ? 200 : 501 }
    const taken = () => host.receive(message)
    if (activity.deliveryMode === 'expectReplies')
      return { status: 200, body: await this.replies(address.conversation, taken) }
    await taken()
    if (name !== 'adaptiveCard/action') return { status: 200 }
    const value = filledIn(message.text)
    return { status: 200, body: { statusCode: 200, type: 'application/vnd.microsoft.card.adaptive', value } }
  }

  /** What is said soon after a message, for a request that waits for it. */
  private async replies(conversation: string, receive: () => Promise<void>): Promise<object> {
    const activities: Draft[] = []
    this.sender.collectors.set(conversation, (draft) => activities.push(draft))
    try {
      await receive()
      const end = Date.now() + ANSWER
      for (let before = -1; Date.now() < end && (before < activities.length || before === 0); ) {
        before = activities.length
        await setTimeout(MORE)
      }
    } finally {
      this.sender.collectors.delete(conversation)
    }
    return { activities }
  }
}
