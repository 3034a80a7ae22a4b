import { type ChannelHost, ColloquyError, type FileContent, safeName } from '@colloquy/core'
import { type Activity, fields, text } from './activity.js'
import type { Cloud } from './cloud.js'
import { addressOf, sameOrigin } from './parse.js'
import type { Sdk } from './sdk.js'
import { referenceOf } from './send.js'

/** Bytes. */
const LARGEST = 20 * 1024 * 1024
const PATIENCE = 15_000
/** How many services are remembered: there is one for each region. */
const SERVICES = 50
/** Where Teams lets bots upload to, besides itself: OneDrive. */
const ONEDRIVE = /\.(?:sharepoint\.(?:com|us|cn)|sharepoint-df\.com)$/

/** Reads what people send, and uploads what they have agreed to take. */
export class Files {
  private services: string[] = []

  constructor(
    private readonly host: ChannelHost,
    private readonly cloud: Cloud,
    private readonly sdk: Sdk,
  ) {}

  async start(): Promise<void> {
    const known = await this.host.kept.get('services')
    if (Array.isArray(known)) this.services = known.map(String)
  }

  /** Remembers a service that has proved itself: the bot's token may go there, and nowhere else. */
  async trust(service: string): Promise<void> {
    if (this.services.some((known) => sameOrigin(known, service))) return
    this.services = [...this.services, service].slice(-SERVICES)
    await this.host.kept.set('services', this.services)
  }

  /** The image behind `teams:URL`. */
  async read(url: string): Promise<FileContent> {
    const target = url.slice('teams:'.length)
    if (!this.services.some((service) => sameOrigin(target, service))) throw refused('it is none of the service')
    const answer = await fetch(target, {
      headers: { authorization: `Bearer ${await this.cloud.token()}` },
      redirect: 'error',
      signal: AbortSignal.timeout(PATIENCE),
    })
    if (!answer.ok || !answer.body) throw refused(`the service answered ${answer.status}`)
    const chunks: Uint8Array[] = []
    let size = 0
    for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>) {
      size += chunk.length
      if (size > LARGEST) throw refused('it is too large')
      chunks.push(chunk)
    }
    const type = answer.headers.get('content-type')?.split(';')[0] ?? 'application/octet-stream'
    return { name: safeName(new URL(target).pathname), type, bytes: Buffer.concat(chunks) }
  }

  /** A person has agreed to take a file, or not. */
  async consent(activity: Activity): Promise<void> {
    const { host } = this
    const address = addressOf(activity)
    const key = `file:${text(fields(activity.value, 'context'), 'file')}`
    const offered = fields({ offered: await host.kept.get(key) }, 'offered')
    if (offered.conversation !== address.conversation) return
    if (text(activity.value, 'action') === 'accept') {
      const info = fields(activity.value, 'uploadInfo')
      const to = text(info, 'uploadUrl')
      if (!this.mayUpload(to)) throw refused(`${URL.canParse(to) ? new URL(to).host : 'no URL'} is no place for files`)
      const { bytes } = await host.file(text(offered, 'url'))
      const range = `bytes 0-${bytes.length - 1}/${bytes.length}`
      const body = Buffer.from(bytes)
      const answer = await fetch(to, {
        ...{ method: 'PUT', body, redirect: 'error', signal: AbortSignal.timeout(PATIENCE) },
        headers: { 'content-range': range, 'content-type': 'application/octet-stream' },
      })
      if (!answer.ok) throw new ColloquyError('channel_failed', `OneDrive answered ${answer.status} to an upload.`)
      const content = { uniqueId: text(info, 'uniqueId'), fileType: text(info, 'fileType') }
      const card = { contentType: 'application/vnd.microsoft.teams.card.file.info', content }
      const attachment = { ...card, contentUrl: text(info, 'contentUrl'), name: text(info, 'name') }
      await this.sdk.converse(referenceOf(address), (on) =>
        on.sendActivity({ type: 'message', attachments: [attachment] }),
      )
    }
    await host.kept.delete(key)
  }

  private mayUpload(url: string): boolean {
    if (this.services.some((service) => sameOrigin(url, service))) return true
    return URL.canParse(url) && new URL(url).protocol === 'https:' && ONEDRIVE.test(new URL(url).hostname)
  }
}

function refused(why: string): ColloquyError {
  return new ColloquyError('bad_message', `A file cannot be read: ${why}.`)
}
