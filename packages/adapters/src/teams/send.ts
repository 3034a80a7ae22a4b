import { randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { type ChannelHost, ColloquyError, type OutgoingMessage, reason, type Thread } from '@colloquy/core'
import type { Address } from './parse.js'
import { LONGEST, type Piece, render } from './render.js'
import type { Context, Draft, Reference, Sdk } from './sdk.js'
import { teamsMarkdown } from './text.js'

/** How often a call that is limited is tried at once, how long it may be put off, and how long it may take; milliseconds. */
const TRIES = 4
const WAIT = 20_000
const PATIENCE = 60_000
/** What Teams asks to be tried again: nothing was taken. */
const AGAIN = new Set([412, 429, 502, 503, 504])
/** Teams takes one piece of a streamed message a second. */
const STREAM_EVERY = 1000
/** How many of the latest messages are known by what they became in Teams. */
const KNOWN = 5000

/** A message that is being written: the person sees what there is of it. */
interface Stream {
  id?: string | undefined
  pieces: number
  at: number
  busy?: Promise<void> | undefined
}

/** Says things in Teams, each once, however often it is told to. */
export class Sender {
  /** How much of a message was sent, by its id; which message something in Teams is, and which thread it began. */
  private readonly sent = new Map<string, number>()
  private readonly ours = new Map<string, string>()
  private readonly opened = new Map<string, Address>()
  private readonly streams = new Map<string, Stream>()
  /** What is said to whoever waits for the answer in the response to the request. */
  private readonly waiting = new Map<string, (draft: Draft) => void>()

  constructor(
    private readonly sdk: Sdk,
    private readonly host: ChannelHost,
  ) {}

  /** Our id of a message, by the one that Teams gave it. */
  readonly idOf = (remote: string): string | undefined => this.ours.get(remote)

  /** Hands over what is said in a conversation, instead of sending it, until the function is called that comes back. */
  collect(conversation: string, take: (draft: Draft) => void): () => void {
    this.waiting.set(conversation, take)
    return () => this.waiting.delete(conversation)
  }

  async send(address: Address, message: OutgoingMessage): Promise<void> {
    const pieces = await this.pieces(address, message)
    let done = this.sent.get(message.id) ?? 0
    for (const piece of pieces.slice(done)) {
      const remote = await this.post(address, 'draft' in piece ? piece.draft : await this.offer(address, piece.file))
      if (remote) remember(this.ours, remote, message.id)
      remember(this.sent, message.id, ++done)
    }
  }

  /** The first piece of a message begins a thread in a channel of a team. */
  async open(room: Address, message: OutgoingMessage): Promise<Thread> {
    let address = this.opened.get(message.id)
    if (!address) {
      const [first] = await this.pieces(room, message)
      const draft: Draft = first && 'draft' in first ? first.draft : { type: 'message', text: '…' }
      const id = await patiently(() => this.sdk.open(referenceOf(room), draft))
      address = { ...room, conversation: id }
      remember(this.opened, message.id, address)
      remember(this.sent, message.id, 1)
    }
    await this.send(address, message)
    return { conversation: `teams:${address.conversation}`, address }
  }

  async typing(address: Address, soFar?: string): Promise<void> {
    if (this.waiting.has(address.conversation)) return
    if (soFar === undefined) return void (await this.converse(address, (on) => on.sendActivity({ type: 'typing' })))
    const stream = this.streams.get(address.conversation) ?? { pieces: 0, at: 0 }
    if (stream.busy || Date.now() - stream.at < STREAM_EVERY || soFar.length > LONGEST / 2) return
    this.streams.set(address.conversation, stream)
    stream.busy = this.show(address, stream, teamsMarkdown(soFar)).finally(() => {
      stream.busy = undefined
      stream.at = Date.now()
    })
    await stream.busy
  }

  private pieces(address: Address, message: OutgoingMessage): Promise<Piece[]> {
    return render(message, { read: this.host.file, personal: address.type === 'personal' })
  }

  /** In a personal chat Teams streams; elsewhere a message is written over. */
  private async show(address: Address, stream: Stream, text: string): Promise<void> {
    stream.pieces++
    const shown = await this.converse(address, (on) => {
      if (address.type === 'personal')
        return on.sendActivity(streamed({ type: 'typing', text }, stream, 'streaming', stream.pieces))
      const draft = { type: 'message', text, textFormat: 'markdown' }
      return stream.id ? on.updateActivity({ ...draft, id: stream.id }) : on.sendActivity(draft)
    })
    stream.id ??= (shown as { id?: string } | undefined)?.id
  }

  /** Sends one activity, in the place of what was shown of it while it was written. */
  private async post(address: Address, draft: Draft): Promise<string | undefined> {
    const take = this.waiting.get(address.conversation)
    if (take) return void take(draft)
    const stream = draft.text ? this.streams.get(address.conversation) : undefined
    await stream?.busy?.catch(() => {})
    if (stream?.id) {
      try {
        const { id } = stream
        const final = streamed(draft, stream, 'final')
        const personal = address.type === 'personal'
        await this.converse(address, (on) => (personal ? on.sendActivity(final) : on.updateActivity({ ...draft, id })))
        this.streams.delete(address.conversation)
        return id
      } catch (error) {
        // It was shown for too long, or differs from what was shown.
        if (!(error instanceof ColloquyError && error.code === 'bad_message')) throw error
      }
    }
    if (draft.text) this.streams.delete(address.conversation)
    return (await this.converse(address, (on) => on.sendActivity(draft)))?.id
  }

  /** Teams lets a bot give a file to a person who agrees: until then it is remembered. */
  private async offer(address: Address, file: { url: string; name: string; bytes: number }): Promise<Draft> {
    const id = randomUUID()
    await this.host.kept.set(`file:${id}`, { url: file.url, name: file.name, conversation: address.conversation })
    const context = { file: id }
    const content = { description: file.name, sizeInBytes: file.bytes, acceptContext: context, declineContext: context }
    const contentType = 'application/vnd.microsoft.teams.card.file.consent'
    return { type: 'message', attachments: [{ contentType, name: file.name, content }] }
  }

  private converse<T>(address: Address, speak: (context: Context) => Promise<T>): Promise<T> {
    return patiently(() => this.sdk.converse(referenceOf(address), speak))
  }
}

/** What tells pieces of a streamed message apart; said twice, because `botbuilder` takes it out of entities. */
function streamed(draft: Draft, { id }: Stream, streamType: string, streamSequence?: number): Draft {
  const info = { streamType, ...(id && { streamId: id }), ...(streamSequence && { streamSequence }) }
  return {
    ...draft,
    channelData: { ...(draft.channelData as object | undefined), ...info },
    entities: [{ type: 'streaminfo', ...info }],
  }
}

export function referenceOf({ channelId, service, conversation, type, tenant, bot, user }: Address): Reference {
  const where = {
    id: conversation,
    isGroup: type !== 'personal',
    conversationType: type,
    ...(tenant && { tenantId: tenant }),
  }
  return { channelId, serviceUrl: service, conversation: where, bot, ...(user.id && { user }) }
}

function remember<V>(map: Map<string, V>, key: string, value: V): void {
  map.delete(key)
  map.set(key, value)
  if (map.size > KNOWN) map.delete(map.keys().next().value as string)
}

/** What the libraries throw where the service refuses a call. */
interface Refusal {
  status?: number
  statusCode?: number
  response?: { headers?: { get(name: string): string | null | undefined } }
}

/**
 * Waits as long as the service asks for where it limits calls.
 *
 * @throws {@link ColloquyError} `bad_message` where it never takes this message, and `channel_failed` where it may later:
 *   without what the libraries add to their errors, the token included.
 */
async function patiently<T>(call: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await Promise.race([call(), setTimeout(PATIENCE, undefined, { ref: false }).then(() => never())])
    } catch (error) {
      if (error instanceof ColloquyError) throw error
      const { status, statusCode = status, response } = error as Refusal
      const wait = Number(response?.headers?.get('retry-after') ?? 1) * 1000
      if (AGAIN.has(statusCode ?? 0) && tries < TRIES && wait <= WAIT) await setTimeout(wait)
      else if ([400, 403, 404, 413].includes(statusCode ?? 0))
        throw new ColloquyError('bad_message', `Teams refuses a message: ${statusCode}, ${reason(error)}.`)
      else throw new ColloquyError('channel_failed', `Teams cannot be reached: ${reason(error)}.`)
    }
  }
}

function never(): never {
  throw new Error(`no answer within ${PATIENCE / 1000} seconds`)
}
