import { createServer, type IncomingMessage as Request } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import { type ChannelHost, ColloquyError, reason } from '@colloquy/core'
import { parseObject, rawBody } from '../http/body.js'
import { type Endpoint, open } from '../http/endpoint.js'
import { type Activity, readActivity } from './activity.js'
import type { Cloud } from './cloud.js'
import type { Files } from './files.js'
import type { TeamsOptions } from './index.js'
import { addressOf, isBot, parse } from './parse.js'
import type { Claims, Draft, Sdk } from './sdk.js'
import type { Sender } from './send.js'

/** Bytes. Teams sends at most 100 KB of text, twice, and cards. */
const LARGEST = 1024 * 1024
/** How long a request that wants the answer in its response waits for it, and for more of it; milliseconds. */
const ANSWER = 10_000
const MORE = 300

/** What a request is answered with. */
interface Answer {
  status: number
  body?: unknown
}

/** What serves requests. */
export interface Parts {
  cloud: Cloud
  sdk: Sdk
  sender: Sender
  files: Files
  host: ChannelHost
}

/** Takes what Teams delivers until `stop`. */
export async function serve(options: TeamsOptions, parts: Parts): Promise<{ url(): string; stop(): Promise<void> }> {
  const { host } = parts
  const path = `/${options.path ?? 'api/messages'}/`.replace(/\/+/g, '/')
  const inFlight = new Set<Promise<void>>()
  const inner = createServer((request, response) => {
    const done = answer(request, options, parts, path)
      .catch((error: unknown): Answer => {
        host.log.error({ reason: reason(error) }, 'teams: a delivery was not taken')
        return { status: error instanceof ColloquyError && error.code === 'bad_message' ? 400 : 503 }
      })
      .then(({ status, body }) => {
        const type = { 'content-type': 'application/json; charset=utf-8', 'x-content-type-options': 'nosniff' }
        response.writeHead(status, { ...type, ...(status === 413 && { connection: 'close' }) })
        response.end(body === undefined ? '' : JSON.stringify(body))
      })
    inFlight.add(done)
    void done.finally(() => inFlight.delete(done))
  })
  const endpoint: Endpoint = await open(inner, path, { port: 3978, ...options })
  return {
    url: () => endpoint.url().replace(/\/$/, ''),
    async stop() {
      await Promise.allSettled(inFlight)
      endpoint.close()
    },
  }
}

async function answer(request: Request, options: TeamsOptions, parts: Parts, path: string): Promise<Answer> {
  const { host, cloud, sdk } = parts
  const from = request.socket.remoteAddress ?? ''
  if (`${request.url?.split('?', 1)[0]}/` !== path) return { status: 404 }
  if (request.method !== 'POST') return { status: 405 }
  if (!cloud.appId && !/^(?:::ffff:)?127\.|^::1$/.test(from)) return { status: 403 }
  const raw = await rawBody(request, LARGEST)
  if (!raw) return { status: 413 }
  const body = parseObject(raw.toString())
  if (!body) return { status: 400 }
  const activity = readActivity(body)
  const { authorization = '' } = request.headers
  const taken = await sdk.receive({ authorization, body }, async (claims): Promise<Answer> => {
    if (!vouches(claims, activity, cloud)) return { status: 401 }
    const { tenant } = activity.conversation
    if (options.tenants && !options.tenants.includes(tenant)) {
      host.log.warn({ tenant }, 'teams: refused a tenant; to let it in, add it to `tenants`')
      return { status: 403 }
    }
    await parts.files.trust(activity.serviceUrl)
    return isBot(activity) ? { status: 200 } : take(activity, options, parts)
  })
  if (!taken || taken.status === 401) host.log.warn({ from }, 'teams: refused a delivery with a missing or bad token')
  return taken ?? { status: 401 }
}

/** Whether the token is the service's own and belongs to where the answer would go: the bot's own token goes there too. */
function vouches(claims: Claims, { serviceUrl }: Activity, { appId, issuer }: Cloud): boolean {
  const at = (url: unknown) => String(url).replace(/\/+$/, '').toLowerCase()
  return appId === '' || (claims.iss === issuer && at(claims.serviceurl) === at(serviceUrl))
}

async function take(activity: Activity, options: TeamsOptions, parts: Parts): Promise<Answer> {
  const { host, sender } = parts
  const { type, name } = activity
  if (type === 'invoke' && name === 'fileConsent/invoke') {
    await parts.files.consent(activity)
    return { status: 200 }
  }
  const added = type === 'conversationUpdate' && activity.membersAdded.some(({ id }) => id === activity.recipient.id)
  if (added || (type === 'installationUpdate' && activity.action === 'add')) await greet(activity, options, sender)
  const message = parse(activity, sender.idOf)
  if (!message) return { status: type === 'invoke' && name !== 'message/submitAction' ? 501 : 200 }
  if (activity.expectsReplies)
    return { status: 200, body: await answered(activity, sender, () => host.receive(message)) }
  await host.receive(message)
  if (type !== 'invoke') return { status: 200 }
  const shown = { statusCode: 200, type: 'application/vnd.microsoft.activity.message', value: message.text || '✓' }
  return { status: 200, body: name === 'adaptiveCard/action' ? shown : {} }
}

/** An installation is told twice, as such and as a new member. */
async function greet(activity: Activity, { greeting }: TeamsOptions, sender: Sender): Promise<void> {
  if (!greeting) return
  const parts = typeof greeting === 'string' ? [{ type: 'text' as const, text: greeting }] : greeting
  await sender.send(addressOf(activity), { id: `${activity.conversation.id}.greeting`, parts })
}

/** What is said soon after a message, for a request that waits for it. */
async function answered(activity: Activity, sender: Sender, receive: () => Promise<void>): Promise<object> {
  const activities: Draft[] = []
  const done = sender.collect(activity.conversation.id, (draft) => activities.push(draft))
  try {
    await receive()
    const end = Date.now() + ANSWER
    for (let seen = -1; Date.now() < end && (activities.length === 0 || seen < activities.length); ) {
      seen = activities.length
      await setTimeout(seen === 0 ? 20 : MORE)
    }
  } finally {
    done()
  }
  return { activities }
}
