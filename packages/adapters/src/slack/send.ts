import { setTimeout } from 'node:timers/promises'
import { type ChannelHost, ColloquyError, type OutgoingMessage, type Part } from '@colloquy/core'
import type { webApi } from '@slack/bolt'
import type { Address } from './address.js'
import type { Connection, Workspace } from './connect.js'
import { refusal, unsendable } from './errors.js'
import { upload } from './files.js'
import { Live } from './live.js'
import { type Piece, render } from './render.js'

/** What our messages carry: which one it is, and which piece of it. */
const MARK = 'colloquy'
/** For this long a process may be sending what one that died before it has sent already, in milliseconds. */
const UNSURE = 60_000

/** Slack's servers fail for a moment now and then: this often, a message is tried again at once. */
const BLIPS = 3

/** How far a message has got whose sending failed. */
interface Progress {
  /** The timestamps of the pieces that stand. */
  done: Map<number, string>
  /** An answer in the making, which the first piece replaces. */
  shown?: string | undefined
}

/** A message of ours in Slack. */
interface Standing {
  id: string
  in: { thread_ts?: string }
}

/** Posts what the bot says, each piece once. */
export class Sender {
  private readonly unfinished = new Map<string, Progress>()
  private readonly live = new Live()
  private readonly since = Date.now()

  constructor(
    private readonly connection: Connection,
    private readonly host: ChannelHost,
  ) {}

  /** Shows that an answer is on its way, or what there is of it. */
  async typing(address: Address, soFar?: string): Promise<void> {
    const client = this.connection.workspace(address.team).then((workspace) => workspace.client)
    if (soFar !== undefined) return this.live.show(client, address, soFar)
    if (address.thread === undefined) return
    const where = { channel_id: address.channel, thread_ts: address.thread }
    await (await client).assistant.threads.setStatus({ ...where, status: 'is typing…' })
  }

  /** Posts a message where the address says; as a thread of its own where `root` is set. Gives its first timestamp. */
  async send(address: Address, message: OutgoingMessage, root = false): Promise<string> {
    const workspace = await this.connection.workspace(address.team)
    for (let failures = 1; ; failures++) {
      try {
        return await this.post(workspace, address, message, root)
      } catch (error) {
        const explained = refusal(error)
        if (explained instanceof ColloquyError && explained.code === 'bad_message') this.unfinished.delete(message.id)
        if (explained instanceof ColloquyError || failures > BLIPS) throw explained
        await setTimeout(100 * 2 ** failures)
      }
    }
  }

  /** Starts a thread in a room. */
  async begin(room: string | { team: string; channel: string }, message: OutgoingMessage): Promise<Address> {
    const { team, channel } = typeof room === 'string' ? { team: '', channel: room } : room
    const { id } = await this.connection.workspace(team)
    const ts = await this.send({ team: id, channel }, message, true)
    return { team: id, channel, thread: ts, ts }
  }

  /** Which message of ours stands there, and in which thread. */
  async read(client: webApi.WebClient, channel: string, ts: string): Promise<Standing | undefined> {
    const about = { channel, ts, oldest: ts, latest: ts, inclusive: true, limit: 1, include_all_metadata: true }
    const { messages = [] } = await client.conversations.replies(about)
    const found = messages.find((one) => one.ts === ts)
    const id = markOf(found)?.id
    if (id === undefined) return undefined
    return { id, in: found?.thread_ts === undefined ? {} : { thread_ts: found.thread_ts } }
  }

  private async post(workspace: Workspace, address: Address, message: OutgoingMessage, root: boolean): Promise<string> {
    const { client, renames } = workspace
    const { id, speaker } = message
    const known = this.unfinished.get(id)
    const shown = known ? known.shown : await this.live.take(client, address)
    const progress: Progress = { done: known?.done ?? new Map(), shown }
    const unsure = known !== undefined || Date.now() - this.since < UNSURE
    this.unfinished.set(id, progress)
    const { done } = progress
    if (unsure) await this.find(client, address, id, done)
    if (unsure && root && done.has(0)) await this.find(client, { ...address, thread: done.get(0) as string }, id, done)
    const parts = speaker === undefined || renames ? message.parts : signed(message.parts, speaker)
    for (const [n, piece] of render(parts, id).entries()) {
      if (done.has(n)) continue
      const thread = root ? done.get(0) : address.thread
      const to = { channel: address.channel, ...(thread !== undefined && { thread }) }
      const left = 'url' in piece ? await upload(workspace, to, piece, this.host) : undefined
      const words = 'url' in piece ? left !== undefined && { text: left } : piece
      const how = {
        metadata: { event_type: MARK, event_payload: { id, piece: n } },
        ...(speaker !== undefined && renames && { username: speaker.slice(0, 80) }),
      }
      const replaced = n === 0 ? progress.shown : undefined
      done.set(n, words ? await this.write(client, to, words, how, replaced) : '')
    }
    this.unfinished.delete(id)
    return done.get(0) ?? ''
  }

  /** A message of blocks, or in words only where Slack does not take the blocks. */
  private async write(
    client: webApi.WebClient,
    to: { channel: string; thread?: string },
    piece: { blocks?: Extract<Piece, { text: string }>['blocks']; text: string },
    how: { metadata: { event_type: string; event_payload: { id: string; piece: number } }; username?: string },
    replaced: string | undefined,
  ): Promise<string> {
    const { channel, thread } = to
    const where = { channel, ...(thread !== undefined && { thread_ts: thread }) }
    const attempt = async (content: { text: string }): Promise<string> => {
      if (replaced !== undefined) {
        const { metadata } = how
        const updated = await client.chat.update({ channel, ts: replaced, metadata, ...content }).catch((error) => {
          if (unsendable(error) === 'invalid_blocks' || !unsendable(error)) throw error
        })
        if (updated) return replaced
      }
      const plain = { unfurl_links: false, unfurl_media: false, parse: 'none', link_names: false } as const
      return (await client.chat.postMessage({ ...where, ...plain, ...how, ...content })).ts ?? ''
    }
    return attempt(piece).catch((error) => {
      if (unsendable(error) !== 'invalid_blocks') throw error
      this.host.log.warn({ err: error }, 'slack: a message is sent without its blocks')
      return attempt({ text: piece.text })
    })
  }

  /** Notes which pieces of a message stand already. */
  private async find(client: webApi.WebClient, address: Address, id: string, done: Map<number, string>): Promise<void> {
    const { channel, thread, ts } = address
    const where = { channel, limit: 200, include_all_metadata: true, ...(ts !== undefined && { oldest: ts }) }
    const asked =
      thread === undefined
        ? client.conversations.history(where)
        : client.conversations.replies({ ...where, ts: thread })
    const { messages = [] } = await asked.catch((error) => {
      if (!unsendable(error)) throw error
      this.host.log.warn({ err: error }, 'slack: it cannot be seen whether a message was sent before')
      return { messages: [] }
    })
    for (const one of messages) {
      const mark = markOf(one)
      if (mark?.id === id && one.ts !== undefined) done.set(mark.piece, one.ts)
    }
  }
}

function markOf(message: object | undefined): { id: string; piece: number } | undefined {
  const { metadata } = (message ?? {}) as { metadata?: { event_type?: string; event_payload?: object } }
  return metadata?.event_type === MARK ? (metadata.event_payload as { id: string; piece: number }) : undefined
}

/** Where the app may not post under another name, the text says whose it is. */
function signed([first, ...rest]: Part[], speaker: string): Part[] {
  const name = `**${speaker}:**`
  if (first?.type === 'text') return [{ type: 'text', text: `${name} ${first.text}` }, ...rest]
  return [{ type: 'text', text: name }, ...(first ? [first] : []), ...rest]
}
