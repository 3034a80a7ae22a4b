import { type ChannelHost, ColloquyError, type FileContent, safeName } from '@colloquy/core'
import type { Activity } from '../bot-framework/activity.js'
import { addressOf } from '../bot-framework/address.js'
import type { Cloud } from '../bot-framework/cloud.js'
import { collect } from '../http/body.js'
import { sameOrigin } from '../http/origins.js'
import { fields, text } from '../http/shape.js'
import type { Sender } from './send.js'

/** Bytes, milliseconds, and how many services are remembered: there is one for each region. */
const LARGEST = 20 * 1024 * 1024
const PATIENCE = 15_000
const SERVICES = 50
/** Where people's OneDrive is, which Teams has bots upload to. */
const ONEDRIVE = /^https:\/\/[\w-]+\.sharepoint\.(?:com|us|cn)\//

/** Reads what people send, and uploads what they have agreed to take. */
export class Files {
  private services: string[] = []

  constructor(
    private readonly host: ChannelHost,
    private readonly cloud: Cloud,
  ) {}

  async open(): Promise<void> {
    const known = await this.host.kept.get(`services:${this.cloud.appId}`)
    if (Array.isArray(known)) this.services = known.map(text)
  }

  /** Remembers a service that has proved itself: the bot's token may go there, and nowhere else. */
  async trust(service: string): Promise<void> {
    if (this.trusts(service)) return
    this.services = [...this.services, service].slice(-SERVICES)
    await this.host.kept.set(`services:${this.cloud.appId}`, this.services)
  }

  /** The image behind `teams:URL`. */
  async read(url: string): Promise<FileContent> {
    const target = url.slice('teams:'.length)
    if (!this.trusts(target)) throw refused('it is none of Teams')
    const headers = { authorization: `Bearer ${await this.cloud.token()}` }
    const answer = await fetch(target, { headers, redirect: 'error', signal: AbortSignal.timeout(PATIENCE) })
    const bytes = answer.ok && answer.body && (await collect(answer.body as never, LARGEST))
    if (!bytes) throw refused(`it is too large, or gone: Teams answered ${answer.status}`)
    const type = answer.headers.get('content-type')?.split(';')[0] ?? 'application/octet-stream'
    return { name: safeName(new URL(target).pathname), type, bytes }
  }

  /** Somebody has agreed to take a file, or has not. */
  async consent(activity: Activity, sender: Sender): Promise<void> {
    const { host } = this
    const address = addressOf(activity)
    const key = `file:${text(fields(activity.value.context).file)}`
    const offered = fields(await host.kept.get(key))
    if (offered.conversation !== address.conversation) return
    if (activity.value.action === 'accept') {
      const info = fields(activity.value.uploadInfo)
      const to = text(info.uploadUrl)
      if (!ONEDRIVE.test(to) && !this.trusts(to)) throw refused('its place in OneDrive is none')
      const { bytes } = await host.file(text(offered.url))
      const headers = { 'content-range': `bytes 0-${bytes.length - 1}/${bytes.length}` }
      const request = { method: 'PUT', headers, body: Buffer.from(bytes), signal: AbortSignal.timeout(PATIENCE) }
      const answer = await fetch(to, { ...request, redirect: 'error' })
      if (!answer.ok) throw new ColloquyError('channel_failed', `OneDrive answered ${answer.status} to a file.`)
      const { contentUrl, name, uniqueId, fileType } = info
      const contentType = 'application/vnd.microsoft.teams.card.file.info'
      const attachments = [{ contentType, contentUrl, name, content: { uniqueId, fileType } }]
      await sender.post(address, { type: 'message', attachments })
    }
    await host.kept.delete(key)
  }

  private trusts(url: string): boolean {
    return this.services.some((service) => sameOrigin(url, service))
  }
}

function refused(why: string): ColloquyError {
  return new ColloquyError('bad_message', `A file cannot be read: ${why}.`)
}
