import type { IncomingMessage, ServerResponse } from 'node:http'
import { type ChannelHost, ColloquyError, reason } from '@colloquy/core'
import type { Links } from '../files/links.js'
import { json, parseObject, rawBody, sendFile } from '../http/body.js'
import { EventStream } from '../http/events.js'
import type { Origins } from '../http/origins.js'
import type { Happening, Rooms } from '../sockets/rooms.js'
import { type Chat, OURS, problem } from './chat.js'
import type { Entry, Refused } from './protocol.js'
import { isSecret, type Known, type Visitor } from './visitor.js'

/** Bytes of one message, with all its escapes. */
const MAX_BODY = 256 * 1024
const ROUTES = ['GET events', 'POST messages', 'POST uploads', 'GET files']

/** The same conversations over plain HTTP: what is said is posted, and what happens comes as server-sent events. */
export class Api {
  private readonly streams = new Set<EventStream>()

  constructor(
    private readonly chat: Chat,
    private readonly rooms: Rooms,
    private readonly origins: Origins,
    private readonly known: Known,
    private readonly host: ChannelHost,
    private readonly links: Links,
  ) {}

  /** Answers a request for `path`, which is relative to the chat; false where that is nothing of it. */
  handle(request: IncomingMessage, response: ServerResponse, path: string): boolean {
    const [what, link = ''] = path.split('/')
    const asked = ROUTES.find((route) => route.endsWith(` ${what}`))
    if (!asked) return false
    for (const [name, value] of Object.entries(this.origins.headers(request))) response.setHeader(name, value)
    if (request.method === 'OPTIONS') response.writeHead(204).end()
    else if (!asked.startsWith(`${request.method} `)) json(response, 405, problem(`Only this is possible: ${asked}.`))
    else if (!this.origins.allows(request)) json(response, 403, problem('This site may not open the chat.'))
    else {
      const done = what === 'files' ? this.file(response, link) : this.serve(asked, request, response)
      done.catch((error: unknown) => this.failed(error, response))
    }
    return true
  }

  /** Ends what goes on. */
  close(): void {
    for (const stream of this.streams) stream.close()
  }

  private async serve(route: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const visitor = this.visitor(request, route === 'GET events')
    if ('code' in visitor) return json(response, 401, problem(visitor.error))
    if (route === 'GET events') return this.events(visitor, request, response)
    const tooFast = this.chat.tooFast(visitor)
    if (tooFast) return json(response, 429, tooFast)
    if (route === 'POST uploads') return json(response, 201, await this.chat.upload(visitor, request))
    const body = await rawBody(request, MAX_BODY)
    if (!body) return json(response, 413, problem('Your message is too long.'))
    const said = await this.chat.receive(visitor, parseObject(body.toString()))
    json(response, said.ok ? 200 : said.retry ? 503 : 400, said)
  }

  /** Who asks; where `fresh` is set, also somebody who was never here. */
  private visitor({ headers }: IncomingMessage, fresh: boolean): Visitor | Refused {
    const locale = headers['accept-language']?.split(/[,;]/, 1)[0]
    const bearer = /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1]
    if (isSecret(bearer)) return this.known({ conversation: bearer, locale })
    return this.known(headers.authorization === undefined && fresh ? { locale } : { token: bearer ?? '', locale })
  }

  private async events(visitor: Visitor, request: IncomingMessage, response: ServerResponse): Promise<void> {
    // Listened to first: what is said while the log is read comes twice rather than never.
    const early: Happening[] = []
    let pass = (what: Happening): unknown => early.push(what)
    response.once(
      'close',
      this.rooms.listen(visitor.room, (what) => pass(what)),
    )
    const history = await this.chat.history(visitor)
    const stream = new EventStream(response)
    this.streams.add(stream)
    response.once('close', () => this.streams.delete(stream))
    stream.send('welcome', this.chat.welcome(visitor))
    const missed = after(history, `${request.headers['last-event-id']}`)
    if (missed) for (const entry of missed) stream.send('message', entry, entry.id)
    else stream.send('history', history, history.at(-1)?.id)
    pass = ({ event, data, id }) => (id ? stream.send(event, data, id) : stream.sendIfIdle(event, data))
    for (const what of early) pass(what)
    if (visitor.until !== undefined) stream.closeAt(visitor.until)
  }

  private async file(response: ServerResponse, link: string): Promise<void> {
    const url = await this.links.from(link)
    if (url === undefined) throw new ColloquyError('bad_message', 'The address of this file is forged or too old.')
    sendFile(response, await this.host.file(url))
  }

  private failed(error: unknown, response: ServerResponse): void {
    this.host.log.warn({ reason: reason(error) }, 'web: a request failed')
    if (response.headersSent) response.destroy()
    else if (error instanceof ColloquyError && error.code === 'bad_message') json(response, 400, problem(error.message))
    else json(response, 503, problem(OURS, true))
  }
}

/**
 * What a client has missed whose last entry this was, where that is known. What the customer said may reach other pages
 * after the answer to it: that turn is told again.
 */
function after(history: readonly Entry[], last: string): Entry[] | undefined {
  const at = history.findIndex(({ id }) => id === last)
  if (at < 0) return undefined
  const turn = history.slice(0, at).findLastIndex(({ from }) => from === 'customer')
  return history.slice(turn < 0 ? at : turn).filter(({ id }) => id !== last)
}
