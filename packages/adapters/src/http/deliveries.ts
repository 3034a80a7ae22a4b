import { createServer, type IncomingMessage } from 'node:http'
import { type ChannelHost, ColloquyError, reason } from '@colloquy/core'
import { rawBody } from './body.js'
import { type EndpointOptions, open } from './endpoint.js'

/** What a delivery is answered with: `body` as JSON. */
export interface Answer {
  status: number
  body?: object
}

/** Where deliveries are taken, until that is stopped. */
export interface Deliveries {
  /** An empty string until the server listens. */
  url(): string
  /** Answers what is under way, then closes. */
  stop(): Promise<void>
}

/**
 * Takes what a service delivers by POST to `path`, each at most `limit` bytes. Where `take` throws, the service is told to
 * deliver again, or, for a {@link ColloquyError} `bad_message`, that it never need.
 */
export async function takeDeliveries(
  at: EndpointOptions & { path: string; limit: number },
  log: ChannelHost['log'],
  take: (raw: Buffer, request: IncomingMessage) => Promise<Answer>,
): Promise<Deliveries> {
  const base = `/${at.path}/`.replace(/\/+/g, '/')
  const underWay = new Set<Promise<void>>()
  async function answer(request: IncomingMessage): Promise<Answer> {
    if (`${request.url?.split('?', 1)[0]}/` !== base) return { status: 404 }
    if (request.method !== 'POST') return { status: 405 }
    const raw = await rawBody(request, at.limit)
    if (!raw) return { status: 413 }
    return take(raw, request).catch((error: unknown) => {
      log.error({ reason: reason(error) }, 'a delivery was not taken')
      return { status: error instanceof ColloquyError && error.code === 'bad_message' ? 400 : 503 }
    })
  }
  const inner = createServer((request, response) => {
    const done = answer(request).then(({ status, body }) => {
      const headers = { 'content-type': 'application/json', 'x-content-type-options': 'nosniff' }
      response.writeHead(status, { ...headers, ...(status === 413 && { connection: 'close' }) })
      response.end(body && JSON.stringify(body))
      underWay.delete(done)
    })
    underWay.add(done)
  })
  const endpoint = await open(inner, base, at)
  return {
    url: () => endpoint.url().replace(/\/$/, ''),
    async stop() {
      await Promise.allSettled(underWay)
      endpoint.close()
    },
  }
}
