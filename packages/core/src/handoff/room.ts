import type { Channel, Thread } from '../channel.js'
import { newConversation } from '../conversation.js'
import { isBuiltin } from '../engine.js'
import { ColloquyError } from '../errors.js'
import type { LogEvent } from '../log/event.js'
import { type Json, type Part, plainText } from '../message.js'
import type { Store } from '../store/store.js'
import type { Texts } from '../text/texts.js'
import { DONE } from './agent.js'
import type { Desk, Relayed } from './desk.js'

/** A room of a channel where people work, such as a channel in Slack. */
export interface DeskRoom {
  /** The name of one of the bot's channels. */
  channel: string
  /** The room there, in the channel's own terms: in Slack a channel id. */
  room: Json
  /** What people there read, as a language code (the bot's `locale`, or English). */
  locale?: string
}

type ThreadChannel = Channel & Required<Pick<Channel, 'openThread'>>

function hasThreads(channel: Channel): channel is ThreadChannel {
  return channel.openThread !== undefined
}

/**
 * The desk of a bot, which may be a room.
 *
 * @throws {@link ColloquyError} `channel_failed` where that is on no channel of the bot's, or on one without threads.
 */
export function deskOf(
  desk: Desk | DeskRoom | undefined,
  store: Store,
  channels: ReadonlyMap<string, Channel>,
  texts: Texts,
): Desk | undefined {
  if (!desk || !('room' in desk)) return desk
  const channel = channels.get(desk.channel)
  if (channel && hasThreads(channel)) return new RoomDesk(store, channel, desk.room, texts)
  const why = channel ? 'which has no threads to hand conversations over to' : "which is none of the bot's channels"
  throw new ColloquyError('channel_failed', `The desk is on "${desk.channel}", ${why}.`)
}

/** How many lines of what was said before a thread begins with. */
const LINES = 20
/** Characters of one such line. */
const LINE = 300

/**
 * The desk that a room is: each conversation that is handed over has a thread there. What people write in it reaches the
 * customer, whatever channel that one is on.
 *
 * Two documents tie them together, both the customer's own, so that they are forgotten with the rest: one under the
 * customer's conversation, which names the thread, and the thread's, which says whom it serves and where it is.
 */
class RoomDesk implements Desk {
  constructor(
    private readonly store: Store,
    private readonly channel: ThreadChannel,
    private readonly room: Json,
    private readonly texts: Texts,
  ) {}

  async relay(item: Relayed): Promise<void> {
    const tie = await this.store.load(`desk:${item.conversation}`)
    const thread = tie && (await this.store.load(tie.document.serves ?? ''))
    const opens = item.reason !== undefined || !thread
    const parts = opens ? [...(await this.opening(item)), ...item.parts] : item.parts
    const message = { id: item.id, parts, ...(item.again && { again: item.again }) }
    if (thread) await this.channel.send(thread.document.address, message)
    else await this.remember(item, await this.channel.openThread(this.room, message))
  }

  /** The thread first: where this process dies before the second, what is written there is understood all the same. */
  private async remember(
    { conversation: customer, person }: Relayed,
    { conversation, address }: Thread,
  ): Promise<void> {
    const [thread, tie] = [conversation, `desk:${customer}`]
    for (const [id, serves] of [
      [thread, customer],
      [tie, thread],
    ] as const) {
      const begun = newConversation({ id, channel: this.channel.name, person, address, locale: 'en' })
      const expected = (await this.store.load(id))?.version ?? 0
      await this.store.save({ document: { ...begun, serves }, expected, events: [] })
    }
  }

  /** Who needs somebody, why, and what was said so far: personal values are masked, as in the log. */
  private async opening({ conversation, person, channel, reason, name }: Relayed): Promise<Part[]> {
    const events = await this.store.history(conversation, LINES * 3)
    const opened = events.flatMap((one) =>
      one.type === 'dialog' && one.event === 'started' && !isBuiltin(one.dialog) ? [one.dialog] : [],
    )
    const about = [...new Set(opened)].slice(-3).join(', ')
    const said = events.flatMap(lineOf).slice(-LINES).join('\n')
    const { deskNeeded, deskAbout, deskDone } = this.texts
    const head = [deskNeeded(name ?? person, channel, reason ?? '…'), about && deskAbout(about)]
      .filter(Boolean)
      .join(' ')
    return [
      { type: 'text', text: said ? `${head}\n\n${said}` : head },
      { type: 'choices', choices: [{ label: deskDone, value: DONE }] },
    ]
  }
}

function lineOf(event: LogEvent): string[] {
  if (event.type === 'customer') return [quoted('Customer', event.text)]
  return event.type === 'bot' ? [quoted(event.message.speaker ?? 'Bot', plainText(event.message.parts))] : []
}

function quoted(who: string, text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return `> ${who}: ${line.length > LINE ? `${line.slice(0, LINE)}…` : line}`
}
