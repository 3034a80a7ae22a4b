import {
  type ChannelHost,
  ColloquyError,
  type FileContent,
  type Json,
  type OutgoingMessage,
  plainText,
  reason,
} from '@colloquy/core'
import type { Endpoint } from '../http/endpoint.js'
import { bubblesOf } from '../whatsapp-shared/bubbles.js'
import { markup } from '../whatsapp-shared/markup.js'
import { Sent } from '../whatsapp-shared/sent.js'
import { Graph } from './graph.js'
import type { WhatsAppCloudChannel, WhatsAppCloudOptions } from './index.js'
import { type Address, parse, type Status, type Written } from './parse.js'
import { type Payload, payloads } from './payload.js'
import { webhook } from './webhook.js'

/** How long after the customer's last message one may write freely, in milliseconds. */
const WINDOW = 24 * 60 * 60_000
/** Meta delivers again for a week, in milliseconds: whatever is older was recorded by somebody, and is played back. */
const REPLAY = 8 * 24 * 60 * 60_000
/** The longest variable of a template. */
const VARIABLE = 1000

/** What {@link whatsappCloud} makes. */
export class WhatsAppCloud implements WhatsAppCloudChannel {
  readonly name = 'whatsapp-cloud'
  private readonly graph: Graph
  private endpoint: Endpoint | undefined
  private host!: ChannelHost
  private readonly inFlight = new Set<Promise<void>>()
  private readonly sent = new Sent()

  constructor(private readonly options: WhatsAppCloudOptions) {
    const { token, phoneNumberId, api = 'https://graph.facebook.com/v24.0' } = options
    this.graph = new Graph({ token, phoneNumberId, api })
  }

  get url(): string {
    return this.endpoint?.url() ?? ''
  }

  async start(host: ChannelHost): Promise<void> {
    for (const name of ['token', 'phoneNumberId', 'appSecret', 'verifyToken'] as const) {
      if ([this.options[name]].flat().some((value) => !value) || this.options[name].length === 0)
        throw new ColloquyError('channel_failed', `WhatsApp needs the option ${name}.`, 'See docs/whatsapp-cloud.md.')
    }
    this.host = host
    this.endpoint = await webhook(this.options, host.log, (payload) => {
      const done = this.take(payload)
      this.inFlight.add(done)
      return done.finally(() => this.inFlight.delete(done))
    })
    host.log.info({ url: this.url }, 'whatsapp-cloud: the webhook is open')
  }

  async send(address: Json, message: OutgoingMessage): Promise<void> {
    const { to, at } = address as Address
    const recipient = /^\d+$/.test(to) ? { to } : { recipient: to }
    const common = { recipient_type: 'individual', ...recipient, biz_opaque_callback_data: message.id }
    const payloads = Date.now() - at > WINDOW ? [async () => this.template(message)] : this.payloads(message)
    const calls = payloads.map((make) => async () => this.graph.message({ ...common, ...(await make()) }))
    await this.sent.each(message, calls)
  }

  /** WhatsApp shows it for 25 seconds, or until something is sent, and cannot show what is written so far. */
  async typing(address: Json, soFar?: string): Promise<void> {
    if (soFar === undefined) await this.read((address as Address).message, { typing_indicator: { type: 'text' } })
  }

  async file(url: string): Promise<FileContent> {
    const [, id = '', name = ''] = /^whatsapp-cloud:(.*?)\/([^/]*)$/.exec(url) ?? []
    return { ...(await this.graph.media(id)), name }
  }

  async stop(): Promise<void> {
    await Promise.allSettled(this.inFlight)
    this.graph.stop()
    this.endpoint?.close()
    this.endpoint = undefined
  }

  /** Hands what a webhook tells to the engine; resolves once it is durable, and rejects where Meta must deliver it again. */
  private async take(payload: Record<string, unknown>): Promise<void> {
    const arrivals = parse(payload).flatMap(({ number, messages, statuses }) => {
      if (number !== this.options.phoneNumberId) {
        this.host.log.warn({ number }, 'whatsapp-cloud: refused what was sent to another number than phoneNumberId')
        return []
      }
      for (const status of statuses) this.note(status)
      return messages.map((message) => this.arrive(message))
    })
    const failed = (await Promise.allSettled(arrivals)).find((one) => one.status === 'rejected')
    if (failed) throw failed.reason
  }

  private async arrive(message: Written): Promise<void> {
    const { log } = this.host
    if (message.address.at < Date.now() - REPLAY) {
      log.warn({ message: message.id }, 'whatsapp-cloud: refused a message that was sent more than a week ago')
      return
    }
    const conversation = `${this.name}:${message.address.from}`
    const { feedback } = message
    const rated = feedback && this.sent.message(feedback.message ?? '')
    try {
      await this.host.receive({
        ...message,
        ...(feedback && { feedback: { value: feedback.value, ...(rated !== undefined && { message: rated }) } }),
        ...{ channel: this.name, conversation, person: conversation },
      })
    } catch (error) {
      log.error({ message: message.id, reason: reason(error) }, 'whatsapp-cloud: a message was not accepted')
      if (error instanceof ColloquyError && error.code === 'bad_message') return
      throw error
    }
    if (!feedback)
      this.read(message.id).catch((err) => log.debug({ err }, 'whatsapp-cloud: a message was not marked as read'))
  }

  private async read(message: string, more: Payload = {}): Promise<void> {
    await this.graph.message({ status: 'read', message_id: message, ...more }, 1)
  }

  private note({ id, status, ours, error }: Status): void {
    const about = { message: ours ?? this.sent.message(id) ?? id, status }
    if (status === 'failed')
      this.host.log.error({ ...about, error }, `whatsapp-cloud: a message was not delivered: ${error}`)
    else this.host.log.debug(about, 'whatsapp-cloud: a message is on its way')
  }

  private payloads(message: OutgoingMessage): (() => Promise<Payload>)[] {
    const files = { read: this.host.file, upload: (file: FileContent) => this.graph.upload(file) }
    return bubblesOf(message, true).flatMap((bubble) => payloads(bubble, files, this.options.listButton ?? '☰'))
  }

  private template(message: OutgoingMessage): Payload {
    const { template } = this.options
    if (!template) {
      throw new ColloquyError(
        'bad_message',
        'WhatsApp takes nothing but templates for a customer who has not written for 24 hours.',
        'Name an approved one in the option template; until then such messages are given up.',
      )
    }
    const { name, language, variables = (text) => [text] } = template
    const said = markup(plainText(message.parts)).replace(/\s+/g, ' ').trim()
    const parameters = variables(said).map((text) => ({ type: 'text', text: text.slice(0, VARIABLE) }))
    const components = parameters.length > 0 && { components: [{ type: 'body', parameters }] }
    return { type: 'template', template: { name, language: { code: language }, ...components } }
  }
}
