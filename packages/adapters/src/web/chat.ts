import type { IncomingMessage } from 'node:http'
import { type ChannelHost, ColloquyError, type Json, reason } from '@colloquy/core'
import type { Folder } from '../files/folder.js'
import type { Links } from '../files/links.js'
import type { Rate } from '../http/rate.js'
import { OURS, type Problem, problem } from '../http/routes.js'
import type { Rooms } from '../sockets/rooms.js'
import { entries, filesOf, HISTORY } from './history.js'
import { parseDraft } from './parse.js'
import type { Answer, CustomerEntry, Entry, Uploaded, Welcome } from './protocol.js'
import type { Visitor } from './visitor.js'

/** What visitors can do, whatever they are connected by. */
export class Chat {
  private readonly inHand = new Set<Promise<unknown>>()

  constructor(
    private readonly host: ChannelHost,
    private readonly rooms: Rooms,
    private readonly links: Links,
    private readonly folder: Folder | undefined,
    private readonly greeting: Omit<Welcome, 'conversation'>,
    private readonly rate: Rate,
  ) {}

  welcome({ secret }: Visitor): Welcome {
    return { ...this.greeting, ...(secret !== undefined && { conversation: secret }) }
  }

  async history({ room }: Visitor): Promise<Entry[]> {
    return entries(await this.host.history(`web:${room}`, HISTORY), this.links)
  }

  /** Counts what a conversation sends. */
  tooFast({ room }: Visitor): Problem | undefined {
    return this.rate.exceeded(room)
      ? problem('Too many messages at once. Wait a moment and try again.', true)
      : undefined
  }

  /**
   * Hands a message to the engine. Everything up to there is synchronous, so that messages keep their order.
   *
   * @param from - the socket that it came by.
   */
  receive(visitor: Visitor, payload: unknown, from?: string): Promise<Answer> {
    return this.hold(this.accept(visitor, payload, from))
  }

  private async accept({ room, person, name, locale }: Visitor, payload: unknown, from?: string): Promise<Answer> {
    const draft = parseDraft(payload)
    if ('error' in draft) return problem(draft.error)
    const conversation = `web:${room}`
    const address: Json = { room }
    const common = { channel: 'web', conversation, person, address, ...(name && { name }), ...(locale && { locale }) }
    try {
      if ('feedback' in draft) {
        await this.host.receive({ ...common, ...draft, text: '' })
        return { ok: true }
      }
      const { uploads = [], ...said } = draft
      const attachments = uploads.map((id) => this.attachment(room, id))
      await this.host.receive({ ...common, ...said, ...(attachments.length > 0 && { attachments }) })
      const files = attachments.length > 0 && { files: await filesOf(attachments, this.links) }
      const entry: CustomerEntry = { from: 'customer', ...said, ...files, at: Date.now() }
      this.rooms.emit(room, { event: 'message', data: entry, id: draft.id }, from)
      return { ok: true }
    } catch (error) {
      this.host.log.error({ conversation, reason: reason(error) }, 'web: a message was not accepted')
      const refused = error instanceof ColloquyError && error.code === 'bad_message'
      return refused ? problem('This message cannot be handled. Please put it differently.') : problem(OURS, true)
    }
  }

  private attachment(room: string, id: string) {
    const file = this.folder?.find(room, id)
    if (!file) throw new ColloquyError('bad_message', 'The message names a file that is not there.')
    return { ...file, url: `web:${room}/${id}` }
  }

  /**
   * Keeps the file that a request brings, for a message to come.
   *
   * @throws {@link ColloquyError} `bad_message` where it is too large, or of a kind that is not taken.
   */
  async upload({ room }: Visitor, request: IncomingMessage): Promise<Uploaded> {
    if (!this.folder) throw new ColloquyError('bad_message', 'Files are not taken here.')
    const name = new URLSearchParams(request.url?.split('?', 2)[1]).get('name') ?? ''
    const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? ''
    const size = Number(request.headers['content-length'] ?? 0)
    const file = await this.hold(this.folder.add(room, { name, type, size }, request))
    return { ...file, url: await this.links.to(`web:${room}/${file.id}`, file.name) }
  }

  /** Resolves when everything that is being received has been. */
  async stop(): Promise<void> {
    this.rate.stop()
    await Promise.allSettled(this.inHand)
  }

  private hold<T>(work: Promise<T>): Promise<T> {
    this.inHand.add(work)
    const done = () => this.inHand.delete(work)
    work.then(done, done)
    return work
  }
}
