import { setTimeout } from 'node:timers/promises'
import { ColloquyError, type FileContent, reason } from '@colloquy/core'
import { collect } from '../http/body.js'
import { LARGEST_FILE, mediaType } from '../whatsapp-shared/media.js'

/** How long one call may take, in milliseconds. */
const PATIENCE = 30_000
/** How often a call that the service limits is tried again, and the longest wait in between, in milliseconds. */
const TRIES = 6
const LONGEST_WAIT = 20_000
/** Too many calls: of this app, of this number, or to one person. */
const LIMITED = [4, 80007, 130429, 131048, 131056]
/** What the owner can put right, so that the message waits: access, the account, payment. */
const WAITING = [0, 3, 10, 190, 368, 131005, 131031, 131042]
/** Where WhatsApp keeps media besides the Graph API itself; nothing else gets the token. */
const MEDIA_HOST = /(^|\.)(fbsbx\.com|fbcdn\.net|whatsapp\.net)$/

interface Failure {
  error?: { message?: string; code?: number; error_data?: { details?: string } }
}

export interface GraphOptions {
  token: string
  phoneNumberId: string
  /** The Graph API with its version. */
  api: string
}

/** The few calls of Meta's Graph API that a conversation needs. */
export class Graph {
  private readonly stopped = new AbortController()

  constructor(private readonly options: GraphOptions) {}

  /** Posts to `/messages`, and gives the id of the message that was made of it. */
  async message(payload: Record<string, unknown>, tries = TRIES): Promise<string> {
    const body = JSON.stringify({ messaging_product: 'whatsapp', ...payload })
    const init = { method: 'POST', body, headers: { 'content-type': 'application/json' } }
    const answer = await this.call(`${this.options.phoneNumberId}/messages`, init, tries)
    return String((answer as { messages?: { id?: string }[] }).messages?.[0]?.id ?? '')
  }

  /** Uploads a file, and gives its id. */
  async upload({ name, type, bytes }: FileContent): Promise<string> {
    const body = new FormData()
    body.set('messaging_product', 'whatsapp')
    body.set('type', type)
    body.set('file', new Blob([bytes as Uint8Array<ArrayBuffer>], { type }), name)
    const { id } = (await this.call(`${this.options.phoneNumberId}/media`, { method: 'POST', body })) as { id?: string }
    return String(id)
  }

  /** Reads a file that somebody has sent: first where it is, then the file. */
  async media(id: string): Promise<Omit<FileContent, 'name'>> {
    if (!/^\d+$/.test(id)) throw unreadable('it has no id of WhatsApp')
    const at = (await this.call(`${id}?phone_number_id=${this.options.phoneNumberId}`, {})) as {
      url?: string
      mime_type?: string
      file_size?: number
    }
    const url = this.mediaUrl(at.url)
    if (Number(at.file_size ?? 0) > LARGEST_FILE) throw unreadable('it is too large')
    const response = await this.fetch(url, { redirect: 'error' })
    if (!response.ok) throw failed(`WhatsApp answered ${response.status} to the download of a file.`)
    const bytes = response.body && (await collect(response.body as unknown as AsyncIterable<Uint8Array>, LARGEST_FILE))
    if (!bytes) throw unreadable('it is too large, or its download broke off')
    return { type: mediaType(at.mime_type), bytes }
  }

  /** Waits for no limit any more; calls that are under way end. */
  stop(): void {
    this.stopped.abort()
  }

  private mediaUrl(given = ''): URL {
    const url = URL.canParse(given) ? new URL(given) : undefined
    const ours = url?.origin === new URL(this.options.api).origin
    if (url && (ours || (url.protocol === 'https:' && !url.port && MEDIA_HOST.test(url.hostname)))) return url
    throw unreadable(`WhatsApp says that it is at ${url?.host ?? 'no address'}, which is none of its hosts`)
  }

  private async call(path: string, init: RequestInit, tries = TRIES): Promise<unknown> {
    for (let attempt = 1; ; attempt++) {
      const response = await this.fetch(`${this.options.api}/${path}`, init)
      const answer = (await response.json().catch(() => ({}))) as Failure
      if (response.ok) return answer
      const limited = response.status === 429 || LIMITED.includes(answer.error?.code ?? -1)
      if (!limited || attempt >= tries) throw errorOf(response.status, answer, limited)
      const told = Number(response.headers.get('retry-after') ?? Number.NaN) * 1000
      const wait = Math.min(Number.isNaN(told) ? 2 ** attempt * 500 : told, LONGEST_WAIT)
      await setTimeout(wait, undefined, { signal: this.stopped.signal }).catch(() => {
        throw errorOf(response.status, answer, limited)
      })
    }
  }

  private async fetch(url: string | URL, init: RequestInit): Promise<Response> {
    const headers = { ...init.headers, authorization: `Bearer ${this.options.token}` }
    try {
      return await fetch(url, { ...init, headers, signal: AbortSignal.timeout(PATIENCE) })
    } catch (cause) {
      const why = cause instanceof Error && cause.cause ? reason(cause.cause) : reason(cause)
      throw failed(`WhatsApp cannot be reached: ${why}.`, 'It is tried again by itself.', cause)
    }
  }
}

function errorOf(status: number, { error = {} }: Failure, limited: boolean): ColloquyError {
  const { code = 0, message = 'no reason given', error_data } = error
  const what = `WhatsApp answered ${status} (code ${code}): ${error_data?.details ?? message}`.replace(/[.\s]*$/, '.')
  const waits =
    limited ||
    status >= 500 ||
    status === 401 ||
    status === 403 ||
    WAITING.includes(code) ||
    (code >= 200 && code < 300)
  if (!waits) return new ColloquyError('bad_message', what)
  return failed(what, code === 190 || status === 401 ? 'The access token is wrong or has expired: make a new one.' : '')
}

function failed(what: string, hint = '', cause?: unknown): ColloquyError {
  return new ColloquyError('channel_failed', what, hint, { cause })
}

function unreadable(why: string): ColloquyError {
  return new ColloquyError('bad_message', `A file cannot be read: ${why}.`)
}
