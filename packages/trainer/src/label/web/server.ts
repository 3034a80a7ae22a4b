import type { IncomingMessage, ServerResponse } from 'node:http'
import { type LocalServer, scriptsIn, send, sendJson, serveLocal } from '@colloquy/core/local'
import { decision } from '../decisions.js'
import type { Review } from '../review.js'
import { HTML, STYLE } from './assets.js'

const NAME = 'The review'

/** A decision is a few words; in bytes. */
const MOST = 65_536

/**
 * Serves a review as a page, to this machine only.
 *
 * @throws {@link ColloquyError} `channel_failed` where the port is in use or the page was not built.
 */
export async function serveReview(review: Review, port: number): Promise<LocalServer> {
  const files = [
    ['/', { type: 'text/html', body: HTML }] as const,
    ['/style.css', { type: 'text/css', body: STYLE }] as const,
    ...(await scriptsIn(new URL('./page/', import.meta.url), NAME)),
  ]
  const hint = 'Give it another: --port 0 takes any.'
  return serveLocal({ name: NAME, port, hint, files, answer: (...of) => answer(review, ...of) })
}

async function answer(
  review: Review,
  request: IncomingMessage,
  { pathname }: URL,
  response: ServerResponse,
): Promise<void> {
  const { method, headers } = request
  if (pathname === '/state' && method === 'GET') return sendJson(response, review.state())
  if (pathname !== '/decide' && pathname !== '/undo') return send(response, 404, 'text/plain', 'Not found.\n')
  if (method !== 'POST') return send(response, 405, 'text/plain', 'Only POST.\n')
  // A form of another site cannot send this type without asking first, and is not answered.
  if (headers['content-type'] !== 'application/json') return send(response, 415, 'text/plain', 'Only JSON.\n')
  if (pathname === '/undo') {
    await review.undo()
    return sendJson(response, review.state())
  }
  const read = decision.safeParse({ ...(await bodyOf(request)), at: 0, by: '-' })
  if (!read.success || read.data.decision === 'undo') return send(response, 400, 'text/plain', 'That is no decision.\n')
  await review.decide(read.data, read.data)
  return sendJson(response, review.state())
}

/** The object that was sent; an empty one for anything else. */
async function bodyOf(request: IncomingMessage): Promise<object> {
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) {
    text += chunk
    if (text.length > MOST) return {}
  }
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {}
  }
}
