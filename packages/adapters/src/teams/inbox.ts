import type { IncomingMessage } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import type { ChannelHost } from '@colloquy/core'
import { type Activity, activity as shape } from '../bot-framework/activity.js'
import { addressOf } from '../bot-framework/address.js'
import { type Cloud, vouches } from '../bot-framework/cloud.js'
import type { Draft, Sdk } from '../bot-framework/sdk.js'
import { parseObject } from '../http/body.js'
import { type Answer, type Deliveries, takeDeliveries } from '../http/deliveries.js'
import { fields } from '../http/shape.js'
import { done } from './cards.js'
import type { Files } from './files.js'
import type { TeamsOptions } from './index.js'
import { isBot, parse } from './parse.js'
import type { Sender } from './send.js'

/** Bytes. Teams sends at most 100 KB of text, twice, and cards. */
const LARGEST = 1024 * 1024
/** How long a request that wants the answer in its response waits for it, and for more of it; milliseconds. */
const ANSWER = 10_000
const MORE = 300

/** Takes what Teams delivers. */
export class Inbox {
  deliveries: Deliveries | undefined

  constructor(
    private readonly options: TeamsOptions,
    private readonly kit: { cloud: Cloud; sdk: Sdk; sender: Sender; files: Files; host: ChannelHost },
  ) {}

  async open(): Promise<void> {
    const at = { port: 3978, path: 'api/messages', ...this.options, limit: LARGEST }
    this.deliveries = await takeDeliveries(at, this.kit.host.log, (raw, request) => this.check(raw, request))
  }

  private async check(raw: Buffer, { socket, headers }: IncomingMessage): Promise<Answer> {
    const { cloud, sdk, host } = this.kit
    const from = socket.remoteAddress ?? ''
    if (!cloud.appId && !/^(?:::ffff:)?127\.|^::1$/.test(from)) return { status: 403 }
    const body = parseObject(raw.toString())
    const { data: activity } = shape.safeParse(body)
    if (!body || !activity) return { status: 400 }
    let answer: Answer = { status: 401 }
    await sdk.receive(headers.authorization ?? '', body, async (claims) => {
      if (vouches(claims, activity.serviceUrl, cloud)) answer = await this.take(activity)
    })
    const { tenant } = addressOf(activity)
    if (answer.status === 401) host.log.warn({ from }, 'teams: refused a delivery without a good token')
    if (answer.status === 403) host.log.warn({ tenant }, 'teams: refused a tenant that is not among `tenants`')
    return answer
  }

  private async take(activity: Activity): Promise<Answer> {
    const { type, name, action, deliveryMode, membersAdded, recipient } = activity
    const { tenants, greeting } = this.options
    const { sender, files, host } = this.kit
    const address = addressOf(activity)
    if (tenants && !tenants.includes(address.tenant)) return { status: 403 }
    await files.trust(activity.serviceUrl)
    if (isBot(activity)) return { status: 200 }
    if (name === 'fileConsent/invoke') await files.consent(activity, sender)
    // An installation is told twice: as such, and as a new member.
    const isNew =
      membersAdded.some(({ id }) => id === recipient.id) || (type === 'installationUpdate' && action === 'add')
    if (greeting && isNew) {
      const parts = typeof greeting === 'string' ? [{ type: 'text' as const, text: greeting }] : greeting
      await sender.send(address, { id: `${address.conversation}.greeting`, parts })
    }
    const message = parse(activity, sender.idOf)
    const known = type !== 'invoke' || name === 'message/submitAction' || name === 'fileConsent/invoke'
    if (!message) return { status: known ? 200 : 501 }
    const receive = () => host.receive(message)
    if (deliveryMode === 'expectReplies')
      return { status: 200, body: await this.replies(address.conversation, receive) }
    await receive()
    if (name !== 'adaptiveCard/action') return { status: 200 }
    return { status: 200, body: done(fields(activity.value.action).verb, message.text) }
  }

  /** What is said soon after a message, for a request that waits for it. */
  private async replies(conversation: string, receive: () => Promise<void>): Promise<object> {
    const activities: Draft[] = []
    const { collectors } = this.kit.sender
    collectors.set(conversation, (draft) => activities.push(draft))
    try {
      await receive()
      const end = Date.now() + ANSWER
      for (let before = -1; Date.now() < end && (before < activities.length || before === 0); ) {
        before = activities.length
        await setTimeout(MORE)
      }
    } finally {
      collectors.delete(conversation)
    }
    return { activities }
  }
}
