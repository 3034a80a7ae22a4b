import { readdir, readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ColloquyError, reason } from '../errors.js'

/** Names of this machine: a page of another site that has its own name point here must not read anything. */
const LOCAL = new Set(['localhost', '127.0.0.1'])
const HEADERS = {
  'content-security-policy': [
    "default-src 'none'",
    ...["script-src 'self'", "style-src 'self'", "connect-src 'self'", 'img-src data:'],
    ...["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'"],
  ].join('; '),
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
}

/** A file of a page, by its path from the root. */
export type PageFiles = Iterable<readonly [path: string, file: { type: string; body: string }]>

/** A page that only this machine sees. */
export interface LocalPage {
  /** In errors: `The inspector`. */
  name: string
  /** 0 takes any free one. */
  port: number
  /** What to do where the port is in use. */
  hint: string
  files: PageFiles
  /** Answers what is no file. */
  answer(request: IncomingMessage, url: URL, response: ServerResponse): Promise<void>
}

/** A page while it is served. */
export interface LocalServer {
  readonly url: string
  stop(): Promise<void>
}

/**
 * Serves a page to this machine only: under no other name, with a policy that lets nothing in from elsewhere.
 *
 * @throws {@link ColloquyError} `channel_failed` where the port is in use.
 */
export async function serveLocal({ name, port, hint, files, answer }: LocalPage): Promise<LocalServer> {
  const known = new Map(files)
  const server = createServer((request, response) => {
    const { method, headers, url = '/' } = request
    if (!LOCAL.has(nameOf(headers.host))) return send(response, 403, 'text/plain', 'Open it as localhost.\n')
    // A form or script of another site can send something here, though it may not read what comes back.
    const { origin } = headers
    if (origin !== undefined && origin !== `http://${headers.host}`) {
      return send(response, 403, 'text/plain', 'Another site may not ask.\n')
    }
    const place = new URL(`http://localhost${url}`)
    const file = method === 'GET' ? known.get(place.pathname) : undefined
    if (file) return send(response, 200, file.type, file.body)
    answer(request, place, response).catch((error) => {
      if (!response.headersSent) send(response, 500, 'text/plain', `${reason(error)}\n`)
    })
  })
  await listen(server, { name, port, hint })
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}/`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** The compiled scripts of a page, for {@link LocalPage.files}. */
export async function scriptsIn(folder: URL, name: string): Promise<PageFiles> {
  try {
    const names = (await readdir(folder)).filter((file) => file.endsWith('.js'))
    return await Promise.all(
      names.map(async (file) => {
        const body = await readFile(new URL(file, folder), 'utf8')
        return [`/page/${file}`, { type: 'text/javascript', body }] as const
      }),
    )
  } catch (cause) {
    throw new ColloquyError('channel_failed', `${name}'s page was not built.`, 'Run: npm run build', { cause })
  }
}

export function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { ...HEADERS, 'content-type': `${type}; charset=utf-8` }).end(body)
}

export function sendJson(response: ServerResponse, value: unknown): void {
  send(response, 200, 'application/json', JSON.stringify(value))
}

/** Begins an answer of server-sent events. */
export function sendEvents(response: ServerResponse): void {
  response.writeHead(200, { ...HEADERS, 'content-type': 'text/event-stream' }).write('retry: 1000\n\n')
}

function nameOf(host = ''): string {
  return URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : ''
}

function listen(server: Server, { name, port, hint }: Pick<LocalPage, 'name' | 'port' | 'hint'>): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      const what = `${name} cannot listen on port ${port}: ${cause.message}.`
      reject(new ColloquyError('channel_failed', what, hint, { cause }))
    })
    server.listen(port, '127.0.0.1', resolve)
  })
}
