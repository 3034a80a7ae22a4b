import type { IncomingMessage, ServerResponse } from 'node:http'
import { type ChannelHost, ColloquyError, reason } from '@colloquy/core'
import { json } from './body.js'
import type { Origins } from './origins.js'

/** Answers a request; `rest` is what follows the route's name in its path. */
export type Route = (request: IncomingMessage, response: ServerResponse, rest: string) => Promise<void>

/** What a request is answered with that cannot be done, in words for people; `retry` tells whether trying again may help. */
export interface Problem {
  ok: false
  error: string
  retry: boolean
}

export function problem(error: string, retry = false): Problem {
  return { ok: false, error, retry }
}

/** What people are told of anything that is not their fault. */
export const OURS = 'Something went wrong on our side.'

/** What a server does for programs and pages of some origins: handlers by method and name, such as `POST messages`. */
export class Routes {
  constructor(
    private readonly routes: Record<string, Route>,
    private readonly origins: Origins,
    private readonly log: ChannelHost['log'],
  ) {}

  /** Answers a request for a path that begins with a route's name; false where it begins with another. */
  handle(request: IncomingMessage, response: ServerResponse, path: string): boolean {
    const [name, rest = ''] = path.split('/')
    const route = Object.keys(this.routes).find((one) => one.endsWith(` ${name}`))
    if (route === undefined) return false
    for (const [header, value] of Object.entries(this.origins.headers(request))) response.setHeader(header, value)
    if (request.method === 'OPTIONS') response.writeHead(204).end()
    else if (`${request.method} ${name}` !== route) json(response, 405, problem(`Only ${route} is possible.`))
    else if (!this.origins.allows(request)) json(response, 403, problem('Pages of this site may not do that.'))
    else this.routes[route]?.(request, response, rest).catch((error: unknown) => this.failed(error, response))
    return true
  }

  private failed(error: unknown, response: ServerResponse): void {
    this.log.warn({ reason: reason(error) }, 'a request failed')
    if (response.headersSent) response.destroy()
    else if (error instanceof ColloquyError && error.code === 'bad_message') json(response, 400, problem(error.message))
    else json(response, 503, problem(OURS, true))
  }
}
