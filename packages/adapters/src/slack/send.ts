import { type ChannelHost, ColloquyError, type OutgoingMessage, type Part } from '@colloquy/core'
import type { types, webApi } from '@slack/bolt'
import type { Connection } from '../bolt/connect.js'
import { Live, type Shown } from '../live.js'
import { Pieces, type Standing } from '../pieces.js'
import { upload } from './files.js'
import { defuse } from './mrkdwn.js'
import { LONGEST, render } from './render.js'

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
/** What is posted: blocks, and the same in words. */
interface Content {
  text: string
  blocks: types.KnownBlock[]
  metadata: types.MessageMetadata
  username?: string
}

/** What our messages carry: which one it is, and which piece of it. */
const MARK = 'colloquy'
/** What Slack takes back, or people repair; whatever else it refuses, it would refuse again. */
const PASSING =
  /^(fatal_error|internal_error|invalid_auth|missing_scope|not_authed|ratelimited|request_timeout|service_unavailable|token_expired)$/
/** Nothing that a text holds is shown in full below it, or looked up in the workspace. */
const QUIET = { unfurl_links: false, unfurl_media: false, link_names: false, parse: 'none' } as const

/** Posts what the bot says, each piece once. */
export class Sender {
  private readonly pieces = new Pieces()
  private readonly live = new Live()

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
    const { id, parts, speaker } = message
    const workspace = await this.connection.workspace(address.team)
    const { client, renames } = workspace
    const says: Part[] = speaker && !renames ? [{ type: 'text', text: `**${speaker}:**` }] : []
    const named = speaker && renames ? { username: speaker.slice(0, 80) } : {}
    const calls = render([...says, ...parts], id).map((piece, n) => async (done: Standing) => {
      const thread = root ? done.get(0) : address.thread
      const to = { channel: address.channel, ...(thread && { thread_ts: thread }) }
      const text = 'url' in piece ? await upload(workspace, to, piece, this.host).catch(told) : piece.text
      if (text === undefined) return ''
      const metadata = { event_type: MARK, event_payload: { id, piece: n } }
      const content = { text, blocks: 'url' in piece ? [] : piece.blocks, metadata, ...named }
      return this.put(client, placeOf(address), to, content).catch(told)
    })
    const look = async (done: Standing, thread = address.thread) => {
      const found = await ours(client, { ...address, ...(thread && { thread }) })
      for (const { piece, ts } of found.filter((one) => one.id === id)) done.set(piece, ts)
      const own = root && thread === undefined && done.get(0)
      if (own) await look(done, own)
    }
    return this.pieces.each(message, calls, look)
  }

  /** Which message of ours stands there, and in which thread. */
  async read(client: Client, channel: string, ts: string): Promise<Ours | undefined> {
    return (await ours(client, { team: '', channel, thread: ts })).find((message) => message.ts === ts)
  }

  /** Posts, or writes over what is shown of it; in words only, where Slack does not take the blocks. */
  private async put(
    client: Client,
    place: string,
    to: { channel: string; thread_ts?: string },
    content: Content,
  ): Promise<string> {
    const { channel, thread_ts } = to
    const over = await this.live.replace(place, async (ts) => {
      // Where it is refused, somebody has stopped or removed it already.
      if (thread_ts) await client.chat.stopStream({ channel, ts }).catch(unlessRefused)
      return client.chat.update({ channel, ts, ...content }).catch(unlessRefused)
    })
    if (over) return over.ts ?? ''
    const post = (what: Content) => client.chat.postMessage({ ...to, ...QUIET, ...what })
    const posted = await post(content).catch((error: unknown) => {
      if (refusal(error) !== 'invalid_blocks') throw error
      this.host.log.warn('slack: a message is sent without its blocks')
      return post({ ...content, blocks: [] })
    })
    return posted.ts ?? ''
  }
}

/** Shows a longer piece of an answer; where Slack does not stream, as a message that changes. */
async function show(client: Client, address: Address, shown: Shown, text: string): Promise<void> {
  const { channel, thread: thread_ts, user, team } = address
  const message = { channel, text, blocks: [{ type: 'markdown' as const, text }] }
  const { id: ts } = shown
  if (ts === undefined) {
    const to = { recipient_team_id: team.split('.').at(-1) ?? team, ...(user && { recipient_user_id: user }) }
    const begin = thread_ts && client.chat.startStream({ channel, thread_ts, markdown_text: text, ...to })
    const begun = begin ? await begin.catch(unlessRefused) : undefined
    shown.streamed = begun !== undefined
    shown.id = (begun ?? (await client.chat.postMessage({ ...message, ...(thread_ts && { thread_ts }) }))).ts
  } else if (!shown.streamed) await client.chat.update({ ts, ...message })
  else if (text.startsWith(shown.text) && text !== shown.text)
    // Where it is refused, the person has stopped it: they get the whole.
    await client.chat.appendStream({ channel, ts, markdown_text: text.slice(shown.text.length) }).catch(unlessRefused)
}

/** A message of ours as it stands in Slack. */
type Ours = { id: string; piece: number; ts: string; thread_ts?: string }

/** Our messages in a channel or thread, after the one that the address was taken from. */
async function ours(client: Client, { channel, thread, ts }: Address): Promise<Ours[]> {
  const where = { channel, limit: 200, include_all_metadata: true, ...(ts !== undefined && { oldest: ts }) }
  const { history, replies } = client.conversations
  const found = await (thread === undefined ? history(where) : replies({ ...where, ts: thread })).catch(unlessRefused)
  return (found?.messages ?? []).flatMap((message) => {
    const { metadata, ts, thread_ts } = message as Pick<Ours, 'ts' | 'thread_ts'> & Partial<Content>
    if (metadata?.event_type !== MARK) return []
    return { ...(metadata.event_payload as Pick<Ours, 'id' | 'piece'>), ts, ...(thread_ts && { thread_ts }) }
  })
}

/** Why Slack has refused a call; undefined where it was not asked, or has not answered. */
function refusal(error: unknown): string | undefined {
  return (error as { data?: { error?: string } } | undefined)?.data?.error
}

function unlessRefused(error: unknown): undefined {
  if (refusal(error) === undefined) throw error
}

/** A refusal in our words. */
function told(cause: unknown): never {
  const why = refusal(cause)
  if (why === undefined) throw cause
  const code = PASSING.test(why) ? 'channel_failed' : 'bad_message'
  throw new ColloquyError(code, `Slack has refused a message: ${why}.`, '', { cause })
}
