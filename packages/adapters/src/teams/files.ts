import { type ChannelHost, ColloquyError, type FileContent, safeName } from '@colloquy/core'
import { collect } from '../http/body.js'
import { type Activity, inside, textIn } from './activity.js'
import { addressOf, sameOrigin } from './parse.js'
import type { Sender } from './send.js'

/** Bytes, milliseconds, and how many services are remembered: there is one for each region. */
const LARGEST = 20 * 1024 * 1024
const PATIENCE = 15_000
const SERVICES = 50
/** Where people's OneDrive is, which Teams has bots upload to. */
const ONEDRIVE = /^https:\/\/[\w-]+\.sharepoint\.(?:com|us|cn)\//

/** Reads what people send, and uploads what they have agreed to take. */
export class Files {
  private services: Promise<string[]> | undefined

  constructor(
    private readonly host: ChannelHost,
    private readonly token: () => Promise<string>,
  ) {}

  /** Remembers a service that has proved itself: the bot's token may go there, and nowhere else. */
  async trust(service: string): Promise<void> {
    if (await this.trusts(service)) return
    const services = [...(await this.known()), service].slice(-SERVICES)
    await this.host.kept.set('services', services)
    this.services = Promise.resolve(services)
  }

  /** The image behind `teams:URL`. */
  async read(url: string): Promise<FileContent> {
    const target = url.slice('teams:'.length)
    if (!(await this.trusts(target))) throw refused('it is none of Teams')
    const headers = { authorization: `Bearer ${await this.token()}` }
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
    const key = `file:${textIn(inside(activity.value, 'context'), 'file')}`
    const offered = inside({ offered: await host.kept.get(key) }, 'offered')
    if (offered.conversation !== address.conversation) return
    if (activity.value.action === 'accept') {
      const info = inside(activity.value, 'uploadInfo')
      const to = textIn(info, 'uploadUrl')
      if (!ONEDRIVE.test(to) && !(await this.trusts(to)))
        throw refused('it is to be uploaded to a place that is none of Teams')
      const { bytes } = await host.file(textIn(offered, 'url'))
      const headers = { 'content-range': `bytes 0-${bytes.length - 1}/${bytes.length}` }
      const request = { method: 'PUT', headers, body: Buffer.from(bytes), signal: AbortSignal.timeout(PATIENCE) }
      const answer = await fetch(to, { ...request, redirect: 'error' })
      if (!answer.ok) throw new ColloquyError('channel_failed', `OneDrive answered ${answer.status} to a file.`)
      await sender.post(address, uploaded(info))
    }
    await host.kept.delete(key)
  }

  private known(): Promise<string[]> {
    this.services ??= this.host.kept.get('services').then((found) => (Array.isArray(found) ? found.map(String) : []))
    return this.services
  }

  private async trusts(url: string): Promise<boolean> {
    return (await this.known()).some((service) => sameOrigin(url, service))
  }
}

function uploaded(info: Record<string, unknown>): { type: string; attachments: object[] } {
  const { contentUrl, name, uniqueId, fileType } = info
  const contentType = 'application/vnd.microsoft.teams.card.file.info'
  return { type: 'message', attachments: [{ contentType, contentUrl, name, content: { uniqueId, fileType } }] }
}

function refused(why: string): ColloquyError {
  return new ColloquyError('bad_message', `A file cannot be read: ${why}.`)
}
