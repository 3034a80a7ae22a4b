import type { IncomingMessage, ServerResponse } from 'node:http'
import { json, parseObject, rawBody } from '../http/body.js'
import { EventStream } from '../http/events.js'
import { problem, type Route } from '../http/routes.js'
import type { Happening } from '../sockets/rooms.js'
import type { Chat } from './chat.js'
import type { Entry, Refused } from './protocol.js'
import { isSecret, type Visitor } from './visitor.js'

/** Bytes of one message, with all its escapes. */
const MAX_BODY = 256 * 1024

type Work = (visitor: Visitor) => Promise<void>

/** The same conversations over plain HTTP: what is said is posted, and what happens comes as server-sent events. */
export class Api {
  private readonly streams = new Set<EventStream>()

  constructor(private readonly chat: Chat) {}

  readonly events: Route = async (request, response) => {
    const visitor = this.visitor(request, true)
    if ('code' in visitor) return json(response, 401, problem(visitor.error))
    // Listened to first: what is said while the log is read comes twice rather than never.
    const early: Happening[] = []
    let pass = (what: Happening): unknown => early.push(what)
    const deaf = this.chat.rooms.listen(visitor.room, (what) => pass(what))
    response.once('close', deaf)
    const { welcome, history } = await this.chat.open(visitor)
    if (response.destroyed) return
    const stream = new EventStream(response)
    this.streams.add(stream)
    response.once('close', () => this.streams.delete(stream))
    stream.send('welcome', welcome)
    const missed = after(history, `${request.headers['last-event-id']}`)
    if (missed) for (const entry of missed) stream.send('message', entry, entry.id)
    else stream.send('history', history, history.at(-1)?.id)
    pass = ({ event, data, id }) => (id ? stream.send(event, data, id) : stream.sendIfIdle(event, data))
    for (const what of early) pass(what)
    if (visitor.until !== undefined) stream.closeAt(visitor.until)
  }

  readonly messages: Route = (request, response) =>
    this.admit(request, response, async (visitor) => {
      const body = await rawBody(request, MAX_BODY)
      if (!body) return json(response, 413, problem('Your message is too long.'))
      const said = await this.chat.receive(visitor, parseObject(body.toString()))
      json(response, said.ok ? 200 : said.retry ? 503 : 400, said)
    })

  readonly uploads: Route = (request, response) =>
    this.admit(request, response, async (visitor) => json(response, 201, await this.chat.upload(visitor, request)))

  /** Ends what goes on. */
  close(): void {
    for (const stream of this.streams) stream.close()
  }

  /** Does something for whoever asks, where they are somebody and do not ask too often. */
  private async admit(request: IncomingMessage, response: ServerResponse, work: Work): Promise<void> {
    const visitor = this.visitor(request, false)
    if ('code' in visitor) return json(response, 401, problem(visitor.error))
    const tooFast = this.chat.tooFast(visitor)
    return tooFast ? json(response, 429, tooFast) : work(visitor)
  }

  /** Who asks; where `fresh` is set, also somebody who was never here. */
  private visitor({ headers }: IncomingMessage, fresh: boolean): Visitor | Refused {
    const locale = headers['accept-language']?.split(/[,;]/, 1)[0]
    const bearer = /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1]
    if (isSecret(bearer)) return this.chat.visitor({ conversation: bearer, locale })
    const known = headers.authorization !== undefined || !fresh
    return this.chat.visitor({ locale, ...(known && { token: bearer ?? '' }) })
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
