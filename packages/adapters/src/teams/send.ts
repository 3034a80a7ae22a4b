import { randomUUID } from 'node:crypto'
import { type ChannelHost, ColloquyError, type OutgoingMessage } from '@colloquy/core'
import type { Address } from '../bot-framework/address.js'
import type { Draft, Sdk } from '../bot-framework/sdk.js'
import { converse } from '../bot-framework/speak.js'
import { LONGEST, type Offer, render } from './render.js'
import { teamsMarkdown } from './text.js'

/** Teams takes a piece of a streamed message a second, in milliseconds. */
const STREAM = 1000
/** How many of the latest messages are known by what they became. */
const KNOWN = 5000

/** A message that is being written, of which the person sees what there is. */
interface Stream {
  id?: string | undefined
  pieces: number
  at: number
  busy?: Promise<void>
}

/** Says things in Teams, each once, however often it is told to. */
export class Sender {
  /** How much of a message was sent, and where, by its id; and which message something in Teams is. */
  private readonly sent = new Map<string, { pieces: number; to: Address }>()
  private readonly sending = new Map<string, Promise<Address>>()
  private readonly ours = new Map<string, string>()
  private readonly streams = new Map<string, Stream>()
  /** Takes what is said to whoever waits for it in the response to a request, by conversation. */
  readonly collectors = new Map<string, (draft: Draft) => void>()

  constructor(
    private readonly sdk: Sdk,
    private readonly host: ChannelHost,
  ) {}

  /** Our id of a message, by the one that Teams gave it. */
  readonly idOf = (remote: string): string | undefined => this.ours.get(remote)

  /** Sends a message: to a thread of its own, which the first piece begins, where `thread` is set. Gives where it stands. */
  send(address: Address, message: OutgoingMessage, thread = false): Promise<Address> {
    const { id } = message
    const sending = this.sending.get(id) ?? this.sendOn(address, message, thread).finally(() => this.sending.delete(id))
    this.sending.set(id, sending)
    return sending
  }

  private async sendOn(address: Address, message: OutgoingMessage, thread: boolean): Promise<Address> {
    const { id } = message
    const rendered = await render(message, this.host.file, address.type === 'personal')
    let { pieces, to } = this.sent.get(id) ?? { pieces: 0, to: address }
    for (const piece of rendered.slice(pieces)) {
      const remote = await this.post(to, 'type' in piece ? piece : await this.offer(to, piece.file))
      if (thread && pieces === 0) to = { ...to, conversation: `${to.conversation};messageid=${remote}` }
      if (remote) keep(this.ours, remote, id)
      keep(this.sent, id, { pieces: ++pieces, to })
    }
    return to
  }

  /** Sends one activity, in the place of what was shown of it while it was written. */
  async post(address: Address, draft: Draft): Promise<string | undefined> {
    const { conversation } = address
    const collect = this.collectors.get(conversation)
    if (collect) return void collect(draft)
    const stream = draft.text ? this.streams.get(conversation) : undefined
    await stream?.busy?.catch(() => {})
    const ended = stream?.id ? await this.end(address, stream, draft) : undefined
    if (stream) this.streams.delete(conversation)
    return ended ?? converse(this.sdk, address, (on) => on.sendActivity(draft))
  }

  /** Shows that an answer is on its way, or what there is of it: in a personal chat as a stream, elsewhere by writing over. */
  async typing(address: Address, soFar?: string): Promise<void> {
    const { conversation } = address
    if (this.collectors.has(conversation)) return
    if (soFar === undefined)
      return void (await converse(this.sdk, address, (on) => on.sendActivity({ type: 'typing' })))
    const stream = this.streams.get(conversation) ?? { pieces: 0, at: 0 }
    if (Date.now() < stream.at + STREAM || soFar.length > LONGEST / 2) return
    this.streams.set(conversation, Object.assign(stream, { at: Number.POSITIVE_INFINITY }))
    stream.busy = this.show(address, stream, teamsMarkdown(soFar)).finally(() => {
      stream.at = Date.now()
    })
    await stream.busy
  }

  private async show(address: Address, stream: Stream, text: string): Promise<void> {
    const { id } = stream
    const shown = await converse(this.sdk, address, (on) => {
      if (address.type === 'personal')
        return on.sendActivity(streamed({ type: 'typing', text }, 'streaming', id, ++stream.pieces))
      return id ? on.updateActivity({ type: 'message', id, text }) : on.sendActivity({ type: 'message', text })
    })
    stream.id ??= shown
  }

  /** Undefined where Teams does not take the end of a stream: it was shown for too long, or differs from what was shown. */
  private async end(address: Address, { id }: Stream, draft: Draft): Promise<string | undefined> {
    const personal = address.type === 'personal'
    const end = streamed(draft, 'final', id)
    try {
      await converse(this.sdk, address, (on) => (personal ? on.sendActivity(end) : on.updateActivity({ ...draft, id })))
      return id
    } catch (error) {
      if (error instanceof ColloquyError && error.code === 'bad_message') return undefined
      throw error
    }
  }

  /** A person takes files only after they have agreed: until then the file is remembered. */
  private async offer({ conversation }: Address, { url, name, bytes }: Offer): Promise<Draft> {
    const context = { file: randomUUID() }
    await this.host.kept.set(`file:${context.file}`, { url, conversation })
    const content = { description: name, sizeInBytes: bytes, acceptContext: context, declineContext: context }
    const contentType = 'application/vnd.microsoft.teams.card.file.consent'
    return { type: 'message', attachments: [{ contentType, name, content }] }
  }
}

/** What tells the pieces of a stream apart; said twice, because `botbuilder` takes it out of entities. */
function streamed(draft: Draft, streamType: string, streamId?: string, streamSequence?: number): Draft {
  const info = { streamType, ...(streamId && { streamId }), ...(streamSequence && { streamSequence }) }
  const channelData = { ...(draft.channelData as object | undefined), ...info }
  return { ...draft, channelData, entities: [{ type: 'streaminfo', ...info }] }
}

function keep<V>(map: Map<string, V>, key: string, value: V): void {
  map.delete(key)
  map.set(key, value)
  if (map.size > KNOWN) map.delete(map.keys().next().value as string)
}
