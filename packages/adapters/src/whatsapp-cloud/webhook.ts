import { createHmac, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { ChannelHost } from '@colloquy/core'
import { parseObject, rawBody, reply } from '../http/body.js'
import { type Endpoint, type EndpointOptions, open } from '../http/endpoint.js'

/** The largest webhook that Meta sends, in bytes. */
const LARGEST = 3 * 1024 * 1024

export interface WebhookOptions extends EndpointOptions {
  /** Where Meta finds the webhook on this server. Default `/whatsapp`. */
  path?: string
  /** Chosen by you, and entered beside the webhook's address: Meta sends it once, to see that the webhook is yours. */
  verifyToken: string
  /** The app's secret, which signs every webhook. While you change it, both: `[next, current]`. */
  appSecret: string | readonly string[]
}

/**
 * Serves the webhook: checks who calls, hands what is signed to `take`, and acknowledges it once `take` resolves. What it
 * rejects, Meta delivers again.
 */
export async function webhook(
  options: WebhookOptions,
  log: ChannelHost['log'],
  take: (payload: Record<string, unknown>) => Promise<void>,
): Promise<Endpoint> {
  const base = `/${options.path ?? 'whatsapp'}/`.replace(/\/+/g, '/')
  const secrets = [options.appSecret].flat()

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refuse = (status: number, why: string) => {
      log.warn({ status }, `whatsapp-cloud: refused a request: ${why}`)
      reply(response.shouldKeepAlive ? response.setHeader('connection', 'close') : response, status)
    }
    const url = new URL(request.url ?? '/', 'http://localhost')
    if (`${url.pathname.replace(/\/$/, '')}/` !== base) return reply(response, 404)
    if (request.method === 'GET') {
      const given = (name: string) => url.searchParams.get(`hub.${name}`) ?? ''
      if (given('mode') !== 'subscribe' || !same(given('verify_token'), options.verifyToken))
        return refuse(403, 'its verify token is not the one in the options')
      return reply(response, 200, given('challenge').slice(0, 200))
    }
    if (request.method !== 'POST') return reply(response, 405)
    const body = await rawBody(request, LARGEST)
    if (!body) return refuse(413, 'it is too large, or was cut off')
    const signature = request.headers['x-hub-signature-256']
    if (typeof signature !== 'string' || !secrets.some((secret) => same(signature, sign(secret, body))))
      return refuse(401, 'its signature is none of this app')
    const payload = parseObject(body.toString())
    if (!payload) return refuse(400, 'it is signed, and no JSON object that WhatsApp sends')
    await take(payload).then(
      () => reply(response, 200),
      () => reply(response, 503),
    )
  }

  return open(
    createServer((request, response) => {
      handle(request, response).catch((err) => {
        log.error({ err }, 'whatsapp-cloud: a webhook failed')
        response.destroy()
      })
    }),
    base,
    options,
  )
}

function sign(secret: string, body: Buffer): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`
}

/** Compared in a time that tells nothing about where they differ. */
function same(given: string, expected: string): boolean {
  const digest = (text: string) => createHmac('sha256', expected).update(text).digest()
  return timingSafeEqual(digest(given), digest(expected))
}
