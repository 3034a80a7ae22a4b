import type { IncomingMessage, ServerResponse } from 'node:http'
import { HTML, STYLE } from './assets.js'
import type { Inspector } from './inspector.js'
import { type LocalServer, scriptsIn, send, sendEvents, sendJson, serveLocal } from './local.js'

/** What `createBot({ inspect })` takes. */
export interface InspectOptions {
  /** Default 3210; 0 takes any free one. */
  port?: number
}

const PORT = 3210

/** The inspector's page, while it is served. */
export type InspectorServer = LocalServer

/**
 * Serves the inspector's page to this machine only.
 *
 * @throws {@link ColloquyError} `channel_failed` where the port is in use or the page was not built.
 */
export async function serveInspector(inspector: Inspector, { port = PORT }: InspectOptions): Promise<InspectorServer> {
  const files = [
    ['/', { type: 'text/html', body: HTML }] as const,
    ['/style.css', { type: 'text/css', body: STYLE }] as const,
    ...(await scriptsIn(new URL('./page/', import.meta.url), 'The inspector')),
  ]
  return serveLocal({
    name: 'The inspector',
    port,
    hint: 'Give it another: inspect: { port: 0 } takes any.',
    files,
    answer: (request, url, response) => answer(inspector, request, url, response),
  })
}

async function answer(
  inspector: Inspector,
  { method }: IncomingMessage,
  { pathname, searchParams }: URL,
  response: ServerResponse,
): Promise<void> {
  if (method !== 'GET') return send(response, 405, 'text/plain', 'Only GET.\n')
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
  sendEvents(response)
  const stop = inspector.listen((conversation) => response.write(`data: ${JSON.stringify(conversation)}\n\n`))
  response.once('close', stop)
}
