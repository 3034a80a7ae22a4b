import { readdir, readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ColloquyError, reason } from '../errors.js'
import { HTML, STYLE } from './assets.js'
import type { Inspector } from './inspector.js'

/** What `createBot({ inspect })` takes. */
export interface InspectOptions {
  /** Default 3210; 0 takes any free one. */
  port?: number
}

const PORT = 3210
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

/** The inspector's page, while it is served. */
export interface InspectorServer {
  readonly url: string
  stop(): Promise<void>
}

/**
 * Serves the inspector's page to this machine only.
 *
 * @throws {@link ColloquyError} `channel_failed` where the port is in use or the page was not built.
 */
export async function serveInspector(inspector: Inspector, { port = PORT }: InspectOptions): Promise<InspectorServer> {
  const files = new Map([
    ['/', { type: 'text/html', body: HTML }],
    ['/style.css', { type: 'text/css', body: STYLE }],
    ...(await scripts()),
  ])
  const server = createServer((request, response) => {
    answer(inspector, files, request, response).catch((error) => {
      if (!response.headersSent) send(response, 500, 'text/plain', `${reason(error)}\n`)
    })
  })
  await listen(server, port)
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}/`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

type Files = ReadonlyMap<string, { type: string; body: string }>

async function answer(
  inspector: Inspector,
  files: Files,
  { method, headers, url = '/' }: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (!LOCAL.has(nameOf(headers.host))) return send(response, 403, 'text/plain', 'Open it as localhost.\n')
  if (method !== 'GET') return send(response, 405, 'text/plain', 'Only GET.\n')
  const { pathname, searchParams } = new URL(`http://localhost${url}`)
  const file = files.get(pathname)
  if (file) return send(response, 200, file.type, file.body)
  switch (pathname) {
    case '/conversations':
      return sendJson(response, inspector.conversations())
    case '/conversation':
      return sendJson(response, await inspector.conversation(searchParams.get('id') ?? ''))
    case '/explanation': {
      const found = await inspector.explanation(searchParams.get('id') ?? '', searchParams.get('message') ?? '')
      return found ? sendJson(response, found) : send(response, 404, 'text/plain', 'There is nothing to explain.\n')
    }
    case '/turns':
      return follow(inspector, response)
    default:
      return send(response, 404, 'text/plain', 'Not found.\n')
  }
}

/** Server-sent events: the id of the conversation of each turn that ends. */
function follow(inspector: Inspector, response: ServerResponse): void {
  response.writeHead(200, { ...HEADERS, 'content-type': 'text/event-stream' }).write('retry: 1000\n\n')
  const stop = inspector.listen((conversation) => response.write(`data: ${JSON.stringify(conversation)}\n\n`))
  response.once('close', stop)
}

function sendJson(response: ServerResponse, value: unknown): void {
  send(response, 200, 'application/json', JSON.stringify(value))
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { ...HEADERS, 'content-type': `${type}; charset=utf-8` }).end(body)
}

function nameOf(host = ''): string {
  return URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : ''
}

async function scripts(): Promise<[string, { type: string; body: string }][]> {
  const folder = new URL('./page/', import.meta.url)
  try {
    const names = (await readdir(folder)).filter((name) => name.endsWith('.js'))
    return await Promise.all(
      names.map(
        async (name): Promise<[string, { type: string; body: string }]> => [
          `/page/${name}`,
          { type: 'text/javascript', body: await readFile(new URL(name, folder), 'utf8') },
        ],
      ),
    )
  } catch (cause) {
    throw new ColloquyError('channel_failed', "The inspector's page was not built.", 'Run: npm run build', { cause })
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      const what = `The inspector cannot listen on port ${port}: ${cause.message}.`
      reject(new ColloquyError('channel_failed', what, 'Give it another: inspect: { port: 0 } takes any.', { cause }))
    })
    server.listen(port, '127.0.0.1', resolve)
  })
}
