import type { IncomingMessage } from 'node:http'
import { type ChannelHost, ColloquyError, reason } from '@colloquy/core'
import type { Folder } from '../files/folder.js'
import type { Links } from '../files/links.js'
import { Rate } from '../http/rate.js'
import { OURS, type Problem, problem } from '../http/routes.js'
import { UnderWay } from '../http/under-way.js'
import type { Rooms } from '../sockets/rooms.js'
import { entries, HISTORY } from './history.js'
import type { WebOptions } from './index.js'
import { parseDraft } from './parse.js'
import type { Answer, CustomerEntry, Entry, Refused, Uploaded, Welcome } from './protocol.js'
import { type Given, type Visitor, visitorOf } from './visitor.js'

const OK: Answer = { ok: true }

/** What visitors can do, whatever they are connected by. */
export class Chat {
  private readonly underWay = new UnderWay()
  private readonly rate: Rate
  stopping = false

  constructor(
    private readonly host: ChannelHost,
    readonly rooms: Rooms,
    readonly links: Links,
    readonly folder: Folder,
    private readonly greeting: Omit<Welcome, 'conversation'>,
    private readonly options: WebOptions,
  ) {
    this.rate = new Rate(options.rate ?? 20)
  }

  /** Who is behind a handshake, or why nobody may be. */
  visitor(given: Given): Visitor | Refused {
    const visitor = visitorOf(given, this.options.identity)
    if ('code' in visitor) this.host.log.warn({ reason: visitor.error }, 'web: refused somebody')
    return visitor
  }

  /** What somebody is told who connects. */
  async open({ secret, conversation }: Visitor): Promise<{ welcome: Welcome; history: Entry[] }> {
    const history = await entries(await this.host.history(conversation, HISTORY), this.links)
    return { welcome: { ...this.greeting, ...(secret !== undefined && { conversation: secret }) }, history }
  }

  /** Counts what a conversation sends. */
  tooFast({ room }: Visitor): Problem | undefined {
    if (!this.rate.exceeded(room)) return undefined
    return problem('Too many messages at once. Wait a moment and try again.', true)
  }

  /**
   * Hands a message to the engine. Everything up to there is synchronous, so that messages keep their order.
   *
   * @param from - the socket that it came by.
   */
  receive(visitor: Visitor, payload: unknown, from?: string): Promise<Answer> {
    return this.underWay.hold(this.accept(visitor, payload, from))
  }

  private async accept(visitor: Visitor, payload: unknown, from?: string): Promise<Answer> {
    const draft = parseDraft(payload)
    if ('error' in draft) return problem(draft.error)
    const { id } = draft
    const { room, conversation, person, name, locale } = visitor
    const who = { ...(name && { name }), ...(locale && { locale }) }
    // What every message has goes first: V8 builds an object that begins with a spread far slower.
    const common = { channel: 'web', conversation, person, address: { room }, ...who }
    try {
      if ('feedback' in draft) {
        await this.host.receive({ id, text: '', feedback: draft.feedback, ...common })
        return OK
      }
      const { text, choice, fields, uploads } = draft
      const more = { ...(choice !== undefined && { choice }), ...(fields && { fields }) }
      const attachments = uploads?.map((one) => ({ ...this.folder.find(room, one), url: `web:${room}/${one}` }))
      await this.host.receive({ id, text, ...more, ...(attachments && { attachments }), ...common })
      const files = attachments && { files: await this.links.files(attachments) }
      const entry: CustomerEntry = { from: 'customer', id, text, ...more, ...files, at: Date.now() }
      this.rooms.emit(room, { event: 'message', data: entry, id }, from)
      return OK
    } catch (error) {
      this.host.log.error({ conversation, reason: reason(error) }, 'web: a message was not accepted')
      const refused = error instanceof ColloquyError && error.code === 'bad_message'
      return refused ? problem('This message cannot be handled. Please put it differently.') : problem(OURS, true)
    }
  }

  /** Keeps the file that a request brings, for a message to come. */
  async upload({ room }: Visitor, request: IncomingMessage): Promise<Uploaded> {
    const file = await this.underWay.hold(this.folder.receive(room, request))
    return { ...file, url: await this.links.to(`web:${room}/${file.id}`, file.name) }
  }

  /** Resolves when everything that is being received has been. */
  async stop(): Promise<void> {
    this.stopping = true
    this.rate.stop()
    await this.underWay.end()
  }
}
