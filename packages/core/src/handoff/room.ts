import type { Channel, Thread } from '../channel.js'
import { newConversation } from '../conversation.js'
import { ColloquyError } from '../errors.js'
import type { LogEvent } from '../log/event.js'
import { type Json, type Part, plainText } from '../message.js'
import type { Store } from '../store/store.js'
import { DONE } from './agent.js'
import type { Desk, Relayed } from './desk.js'

/** A room of a channel where people work, such as a channel in Slack. */
export interface DeskRoom {
  /** The name of one of the bot's channels. */
  channel: string
  /** The room there, in the channel's own terms: in Slack a channel id. */
  room: Json
}

/** How many lines of what was said before a thread begins with. */
const LINES = 20
/** Characters of one such line. */
const LINE = 300

/**
 * The desk that a room is: each conversation that is handed over has a thread there. What people write in it reaches the
 * customer, whatever channel that one is on.
 *
 * Two documents tie them together, both the customer's own, so that they are forgotten and expire with the rest: one under
 * the customer's conversation, which tells the thread, and one under the thread's, which tells whom it serves.
 */
export class RoomDesk implements Desk {
  constructor(
    private readonly store: Store,
    private readonly channel: Channel,
    private readonly room: Json,
  ) {}

  async relay(item: Relayed): Promise<void> {
    const known = await this.store.load(`desk:${item.conversation}`)
    const parts = item.reason === undefined ? item.parts : [...(await this.opening(item)), ...item.parts]
    if (known) await this.channel.send(known.document.address, { id: item.id, parts })
    else await this.remember(item, await this.open({ id: item.id, parts }))
  }

  private open(message: { id: string; parts: Part[] }): Promise<Thread> {
    if (!this.channel.openThread) {
      throw new ColloquyError('channel_failed', `The channel ${this.channel.name} has no threads for a desk.`)
    }
    return this.channel.openThread(this.room, message)
  }

  private async remember({ conversation: serves, person }: Relayed, { conversation, address }: Thread): Promise<void> {
    const tie = { channel: this.channel.name, person, address, locale: 'en' }
    for (const id of [conversation, `desk:${serves}`]) {
      const document = { ...newConversation({ ...tie, id }), serves }
      const expected = (await this.store.load(id))?.version ?? 0
      await this.store.save({ document, expected, events: [] })
    }
  }

  /** Who needs somebody, why, and what was said so far: personal values are masked, as in the log. */
  private async opening({ conversation, person, channel, reason, name }: Relayed): Promise<Part[]> {
    const events = await this.store.history(conversation, LINES * 3)
    const opened = events.flatMap((one) => (one.type === 'dialog' && one.event === 'started' ? [one.dialog] : []))
    const about = [...new Set(opened)].slice(-3).join(', ')
    const said = events.flatMap(lineOf).slice(-LINES).join('\n')
    const head = `**${name ?? person}** (${channel}) needs a person: ${reason}.${about && ` It was about: ${about}.`}`
    return [
      { type: 'text', text: said ? `${head}\n\n${said}` : head },
      { type: 'choices', choices: [{ label: 'Give back to the bot', value: DONE }] },
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
