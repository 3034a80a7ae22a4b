import { setTimeout } from 'node:timers/promises'
import { type ChannelHost, ColloquyError, type OutgoingMessage, type Part } from '@colloquy/core'
import type { webApi } from '@slack/bolt'
import { Live, type Shown } from '../live.js'
import type { Connection, Workspace } from './connect.js'
import { upload } from './files.js'
import { defuse } from './mrkdwn.js'
import { LONGEST, type Piece, render } from './render.js'

/** Where to answer in Slack. */
export type Address = {
  team: string
  channel: string
  /** The message whose thread it is in. */
  thread?: string
  /** A message from there: whatever is said in answer is newer. */
  ts?: string
  user?: string
}

/** The channel, or the thread in it. */
export function placeOf({ team, channel, thread }: Address): string {
  return `slack:${team}:${channel}${thread === undefined ? '' : `:${thread}`}`
}

type Client = webApi.WebClient
/** What is posted: blocks and the same in words, or words alone. */
type Content = { text: string; blocks?: Extract<Piece, { blocks: unknown }>['blocks'] }

/** What our messages carry: which one it is, and which piece of it. */
const MARK = 'colloquy'
/** For this long a process may be sending what one that died before it has sent already, in milliseconds. */
const UNSURE = 60_000
/** Slack's servers fail for a moment now and then: this often, a message is tried again at once. */
const BLIPS = 3
/** What Slack takes back, or people repair; whatever else it refuses, it would refuse again. */
const PASSING =
  /^(fatal_error|internal_error|invalid_auth|missing_scope|not_authed|ratelimited|request_timeout|service_unavailable|token_expired)$/

/** How far a message has got whose sending failed: the timestamps of its pieces, and what the first of them replaces. */
interface Progress {
  done: Map<number, string>
  shown: string | undefined
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

  /** Shows that an answer is on its way, or what there is of it: streamed in a thread, elsewhere as a message that changes. */
  async typing(address: Address, soFar?: string): Promise<void> {
    const workspace = this.connection.workspace(address.team)
    if (soFar !== undefined) {
      const write = async (shown: Shown, text: string) => show((await workspace).client, address, shown, text)
      return this.live.show(placeOf(address), defuse(soFar).slice(0, LONGEST), write)
    }
    const { channel: channel_id, thread: thread_ts } = address
    const { client } = await workspace
    if (thread_ts) await client.assistant.threads.setStatus({ channel_id, thread_ts, status: 'is typing…' })
  }

  /** Posts a message where the address says; as a thread of its own where `root` is set. Gives its first timestamp. */
  async send(address: Address, message: OutgoingMessage, root = false): Promise<string> {
    const workspace = await this.connection.workspace(address.team)
    for (let failures = 1; ; failures++) {
      try {
        return await this.post(workspace, address, message, root)
      } catch (error) {
        const refused = refusal(error)
        if (refused !== undefined && !PASSING.test(refused)) {
          this.unfinished.delete(message.id)
          throw new ColloquyError('bad_message', `Slack has refused a message: ${refused}.`, '', { cause: error })
        }
        if (refused !== undefined || failures > BLIPS) throw error
        await setTimeout(100 * 2 ** failures)
      }
    }
  }

  /** Which message of ours stands there, and in which thread. */
  async read(client: Client, channel: string, ts: string): Promise<{ id: string; thread_ts?: string } | undefined> {
    const one = { oldest: ts, latest: ts, inclusive: true, limit: 1, include_all_metadata: true }
    const { messages = [] } = await client.conversations.replies({ channel, ts, ...one })
    const found = messages.find((message) => message.ts === ts)
    const mark = markOf(found)
    return mark && { id: mark.id, ...(found?.thread_ts !== undefined && { thread_ts: found.thread_ts }) }
  }

  private async post(workspace: Workspace, address: Address, message: OutgoingMessage, root: boolean): Promise<string> {
    const { client, renames } = workspace
    const { id, speaker } = message
    const known = this.unfinished.get(id)
    const { done, shown } = known ?? { done: new Map<number, string>(), shown: await this.take(client, address) }
    this.unfinished.set(id, { done, shown })
    if (known || Date.now() - this.since < UNSURE) {
      await this.find(client, address, id, done)
      const thread = root && done.get(0)
      if (thread) await this.find(client, { ...address, thread }, id, done)
    }
    const parts = speaker === undefined || renames ? message.parts : signed(message.parts, speaker)
    for (const [n, piece] of render(parts, id).entries()) {
      if (done.has(n)) continue
      const thread = root ? done.get(0) : address.thread
      const to = { channel: address.channel, ...(thread !== undefined && { thread }) }
      const left = 'url' in piece ? await upload(workspace, to, piece, this.host) : undefined
      const content: Content | undefined = 'blocks' in piece ? piece : left === undefined ? left : { text: left }
      const how = {
        metadata: { event_type: MARK, event_payload: { id, piece: n } },
        ...(speaker !== undefined && renames && { username: speaker.slice(0, 80) }),
      }
      const write = (what: Content) => put(client, to, { ...how, ...what }, n === 0 ? shown : undefined)
      const ts =
        content &&
        (await write(content).catch((err: unknown) => {
          if (refusal(err) !== 'invalid_blocks') throw err
          this.host.log.warn({ err }, 'slack: a message is sent without its blocks')
          return write({ text: content.text })
        }))
      done.set(n, ts ?? '')
    }
    this.unfinished.delete(id)
    return done.get(0) ?? ''
  }

  /** Ends what is shown of an answer. */
  private take(client: Client, address: Address): Promise<string | undefined> {
    const { channel, thread } = address
    return this.live.take(placeOf(address), async ({ id: ts = '' }) => {
      // Where it fails, somebody has stopped it already.
      if (thread !== undefined) await client.chat.stopStream({ channel, ts }).catch(unlessRefused)
    })
  }

  /** Notes which pieces of a message stand already. */
  private async find(client: Client, address: Address, id: string, done: Map<number, string>): Promise<void> {
    const { channel, thread, ts } = address
    const where = { channel, limit: 200, include_all_metadata: true, ...(ts !== undefined && { oldest: ts }) }
    const { history, replies } = client.conversations
    const found = await (thread === undefined ? history(where) : replies({ ...where, ts: thread })).catch(unlessRefused)
    for (const message of found?.messages ?? []) {
      const mark = markOf(message)
      if (mark?.id === id && message.ts !== undefined) done.set(mark.piece, message.ts)
    }
  }
}

/** Posts, or writes over what is shown of it. */
async function put(
  client: Client,
  { channel, thread }: { channel: string; thread?: string },
  content: Content & Pick<webApi.ChatUpdateArguments, 'metadata'>,
  shown: string | undefined,
): Promise<string> {
  if (shown !== undefined && (await client.chat.update({ channel, ts: shown, ...content }).catch(unlessRefused)))
    return shown
  const quiet = { unfurl_links: false, unfurl_media: false, link_names: false, parse: 'none' } as const
  const where = { channel, ...(thread !== undefined && { thread_ts: thread }) }
  return (await client.chat.postMessage({ ...where, ...quiet, ...content })).ts ?? ''
}

/** Shows a longer piece of an answer. */
async function show(client: Client, address: Address, shown: Shown, text: string): Promise<void> {
  const { channel, thread: thread_ts, user, team } = address
  const message = { channel, text, blocks: [{ type: 'markdown' as const, text }] }
  if (thread_ts === undefined) {
    const { id: ts } = shown
    shown.id = (await (ts ? client.chat.update({ ts, ...message }) : client.chat.postMessage(message))).ts
  } else if (shown.id === undefined) {
    const to = { recipient_team_id: team.split('.').at(-1) ?? team, ...(user && { recipient_user_id: user }) }
    shown.id = (await client.chat.startStream({ channel, thread_ts, markdown_text: text, ...to })).ts
  } else if (text.startsWith(shown.text) && text !== shown.text)
    await client.chat.appendStream({ channel, ts: shown.id, markdown_text: text.slice(shown.text.length) })
}

/** Why Slack has refused a call; undefined where it was not asked, or has not answered. */
function refusal(error: unknown): string | undefined {
  const { data } = (error ?? {}) as { data?: { error?: string } }
  return data?.error
}

function unlessRefused(error: unknown): undefined {
  if (refusal(error) === undefined || refusal(error) === 'invalid_blocks') throw error
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
