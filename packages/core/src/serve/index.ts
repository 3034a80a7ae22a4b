import { createHash, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ColloquyError, reason } from '../errors.js'
import type { Encoder } from '../nlu/classifier.js'
import { api, openApi } from './api.js'
import { Metrics } from './metrics.js'

/** What {@link serveClassifier} takes. */
export interface ServeOptions {
  /** Default 8080; 0 takes any free one. */
  port?: number
  /** Default `127.0.0.1`: this machine only. */
  host?: string
  /** What clients must send as `Authorization: Bearer …`. Set one wherever others can reach the port. */
  token?: string
}

/** A classifier that is being served. */
export interface ClassifierServer {
  readonly url: string
  /** Answers what was asked before, and stops. The classifier stays open: it is yours. */
  stop(): Promise<void>
}

/** The largest request, in bytes. */
const LARGEST = 256 * 1024

/** An answer that is not 200. */
class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message)
  }
}

/**
 * Serves a classifier to several bots over HTTP: `POST /v1/classify`, `/v1/embed` and `/v1/explain`, `GET /v1/labels`, `/health`,
 * `/metrics` and `/openapi.json`. A bot takes its URL in place of a folder.
 *
 * @throws ColloquyError `channel_failed` where the port cannot be listened on.
 * @example
 * ```ts
 * import { classifier } from '@colloquy/core'
 * import { serveClassifier } from '@colloquy/core/serve'
 *
 * const server = await serveClassifier(await classifier('./model'), { port: 8080, token: process.env.TOKEN })
 * // elsewhere: await classifier('http://nlu.internal:8080', { token: process.env.TOKEN })
 * ```
 */
export async function serveClassifier(nlu: Encoder, options: ServeOptions = {}): Promise<ClassifierServer> {
  const { port = 8080, host = '127.0.0.1', token } = options
  const metrics = new Metrics()
  const routes: Record<string, (request: IncomingMessage) => Promise<{ body: unknown; texts: number }>> = {
    'POST /v1/classify': async (request) => {
      const { texts, conversation } = parse(api.classify, await read(request))
      const context = conversation === undefined ? {} : { conversation }
      return { body: { results: await all(texts, (text) => nlu.classify(text, context)) }, texts: texts.length }
    },
    'POST /v1/embed': async (request) => {
      const { texts } = parse(api.embed, await read(request))
      return { body: { results: await all(texts, async (text) => [...(await nlu.embed(text))]) }, texts: texts.length }
    },
    'POST /v1/explain': async (request) => {
      const { text, conversation } = parse(api.explain, await read(request))
      return { body: await nlu.explain(text, conversation === undefined ? {} : { conversation }), texts: 1 }
    },
    'GET /v1/labels': async () => ({ body: { labels: nlu.labels }, texts: 0 }),
    'GET /health': async () => ({ body: { status: 'ok' }, texts: 0 }),
    'GET /metrics': async () => ({ body: `${metrics}`, texts: 0 }),
    'GET /openapi.json': async () => ({ body: openApi(), texts: 0 }),
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const start = performance.now()
    const path = request.url?.split('?', 1)[0] ?? ''
    const route = routes[`${request.method} ${path}`]
    metrics.inFlight++
    let status = 200
    let texts = 0
    try {
      if (!route) throw new Refusal(404, 'not_found', `There is no ${request.method} ${path}: see /openapi.json.`)
      if (path.startsWith('/v1/') && !permitted(request, token)) {
        throw new Refusal(401, 'bad_token', 'The token is missing or wrong.')
      }
      const done = await route(request)
      texts = done.texts
      send(response, 200, done.body)
    } catch (error) {
      const { status: given, code, message } = refusal(error)
      status = given
      if (status === 503) response.setHeader('retry-after', '1')
      // What was not read would be taken for the next request.
      if (!request.complete) response.setHeader('connection', 'close')
      send(response, status, { code, message })
    } finally {
      metrics.inFlight--
      metrics.add(route ? path : 'other', status, (performance.now() - start) / 1000, texts)
    }
  }

  const server = createServer({ requestTimeout: 10_000, headersTimeout: 5000 }, (request, response) => {
    void answer(request, response)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) =>
      reject(new ColloquyError('channel_failed', `Cannot listen on ${host}:${port}: ${reason(cause)}.`, '', { cause })),
    )
    server.listen(port, host, resolve)
  })
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeIdleConnections()
      }),
  }
}

function refusal(error: unknown): { status: number; code: string; message: string } {
  if (error instanceof Refusal) return error
  const code = error instanceof ColloquyError ? error.code : 'classifier_failed'
  return { status: code === 'bad_message' ? 400 : 503, code, message: reason(error) }
}

/** Runs all, and lets none go on unheard when one fails. */
async function all<T>(texts: string[], work: (text: string) => Promise<T>): Promise<T[]> {
  const done = await Promise.allSettled(texts.map(work))
  return done.map((one) => {
    if (one.status === 'rejected') throw one.reason
    return one.value
  })
}

function permitted(request: IncomingMessage, token: string | undefined): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return token === undefined || timingSafeEqual(digest(request.headers.authorization ?? ''), digest(`Bearer ${token}`))
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > LARGEST) throw new Refusal(413, 'too_large', `A request may have ${LARGEST} bytes.`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

function parse<T>(schema: { parse(value: unknown): T }, text: string): T {
  try {
    return schema.parse(JSON.parse(text))
  } catch (error) {
    throw new Refusal(400, 'bad_request', `The request is not of the shape that /openapi.json shows: ${reason(error)}`)
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const type = typeof body === 'string' ? 'text/plain; version=0.0.4' : 'application/json'
  response.writeHead(status, { 'content-type': type, 'x-content-type-options': 'nosniff' }).end(text)
}
