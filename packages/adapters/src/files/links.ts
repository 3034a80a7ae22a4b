import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { type ChannelHost, ColloquyError, type Json, type Part } from '@colloquy/core'
import { parseObject } from '../http/body.js'

const DAY = 86_400_000
/** What a page cannot load by itself: `web:…`, or a file of another channel such as `slack:F1`. */
const OURS = /^(?!https?:|data:)[a-z][\w-]*:/i

/**
 * Signed addresses of files that only channels can read. Whoever has one may read the file until the next day is over, and
 * only those who take part in the conversation are given one.
 */
export class Links {
  constructor(private readonly kept: ChannelHost['kept']) {}

  /** Where a page finds the file behind a URL, relative to the address of the chat. */
  async to(url: string, name: string): Promise<string> {
    if (!OURS.test(url)) return url
    // One address a day, so that browsers need not load it again.
    const until = (Math.floor(Date.now() / DAY) + 2) * DAY
    const told = Buffer.from(JSON.stringify({ url, until })).toString('base64url')
    return `files/${told}.${sign(await this.key(), told).toString('base64url')}/${encodeURIComponent(name)}`
  }

  /**
   * The URL behind such an address.
   *
   * @throws {@link ColloquyError} `bad_message` where it is forged or too old.
   */
  async from(link: string): Promise<string> {
    const [told = '', signature = ''] = link.split('.')
    const [due, given] = [sign(await this.key(), told), Buffer.from(signature, 'base64url')]
    const signed = due.length === given.length && timingSafeEqual(due, given)
    const { url, until } = (signed && parseObject(Buffer.from(told, 'base64url').toString())) || {}
    if (typeof url === 'string' && Number(until) > Date.now()) return url
    throw new ColloquyError('bad_message', 'The address of this file is forged or too old.')
  }

  /** Parts as a page can show them. */
  async parts(parts: readonly Part[]): Promise<Part[]> {
    const shown: Part[] = []
    for (const part of parts) {
      if (part.type === 'image') shown.push({ ...part, url: await this.to(part.url, part.alt || 'image') })
      else if (part.type === 'file') shown.push({ ...part, url: await this.to(part.url, part.name) })
      else if (part.type === 'card' && part.image) shown.push({ ...part, image: await this.to(part.image, part.title) })
      else shown.push(part)
    }
    return shown
  }

  /** Files as a page can show them. */
  files(files: readonly { name: string; type: string; url: string }[]) {
    return Promise.all(files.map(async ({ name, type, url }) => ({ name, type, url: await this.to(url, name) })))
  }

  /** Every node has the same one; read each time, as two that start at once may both have made one. */
  private async key(): Promise<string> {
    const known: Json | undefined = await this.kept.get('key')
    if (typeof known === 'string') return known
    const fresh = randomBytes(32).toString('base64url')
    await this.kept.set('key', fresh)
    return fresh
  }
}

function sign(key: string, told: string): Buffer {
  return createHmac('sha256', key).update(told).digest()
}
