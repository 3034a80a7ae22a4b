import { basename } from 'node:path'
import { type LogEvent, plainText } from '@colloquy/core'
import { openStore } from './open-store.js'
import type { Transcript, Turn } from './transcript.js'

/**
 * Reads the conversations out of a bot's store, in the order in which they began. With `since`, only those in which
 * something happened at or after that time (milliseconds since 1970), whole. Nothing in the database is changed.
 *
 * @throws {@link ColloquyError} what {@link openStore} throws.
 */
export async function* readStore(
  place: string,
  since = 0,
  options: { prefix?: string } = {},
): AsyncGenerator<Transcript> {
  const store = await openStore(place, options)
  try {
    const source = /^[a-z+]+:\/\//.test(place) ? new URL(place).protocol.slice(0, -1) : basename(place)
    // Only the ids are held: the log may be larger than memory.
    const channels = new Map<string, string>()
    for await (const event of store.events(since)) channels.set(event.conversation, event.channel)
    for (const [id, channel] of channels) {
      const events = await store.history(id, Number.MAX_SAFE_INTEGER)
      const known: Known = { thumbs: thumbsIn(events), outcomes: outcomesIn(events) }
      const turns = events.flatMap((event) => turn(event, source, known))
      if (turns.some(({ role }) => role === 'customer')) yield { id, channel, turns }
    }
  } finally {
    await store.close()
  }
}

/** The log's own ids tell where a turn stands in it. */
function turn(event: LogEvent, store: string, { thumbs, outcomes }: Known): Turn[] {
  const common = { ts: event.at / 1000, source: `${store}#${event.id}` }
  if (event.type === 'bot') return [{ role: 'agent', text: plainText(event.message.parts), ...common }]
  if (event.type !== 'customer') return []
  const { text, understanding, decision } = event
  const review = thumbs.get(event.id) === -1 ? ('thumbs_down' as const) : event.review
  const outcome = outcomes.get(event.id)
  const liked = thumbs.get(event.id) === 1
  const said = understanding && { predicted: understanding.intent, confidence: understanding.confidence }
  const next = { ...(review && { review }), ...(outcome && { outcome }), ...(liked && { liked }) }
  return [{ role: 'customer', text, ...common, ...said, decision, ...next }]
}

/** What came of what customers said, by the id of the event in which they said it. */
interface Known {
  thumbs: ReadonlyMap<string, 1 | -1>
  outcomes: ReadonlyMap<string, NonNullable<Turn['outcome']>>
}

/** The thumbs for what it led to: a thumb down stays, whatever else is given. */
function thumbsIn(events: LogEvent[]): Known['thumbs'] {
  const led = new Map<string | undefined, string>()
  const thumbs = new Map<string, 1 | -1>()
  let asked: string | undefined
  for (const event of events) {
    if (event.type === 'customer') asked = event.id
    else if (event.type === 'bot' && asked !== undefined) led.set(event.message.id, asked)
    else if (event.type === 'feedback') {
      const about = led.get(event.message) ?? asked ?? ''
      if (event.value < 0) thumbs.set(about, -1)
      // Without a message, 1 may be the worst of 5.
      else if (event.value === 1 && event.message !== undefined && !thumbs.has(about)) thumbs.set(about, 1)
    }
  }
  return thumbs
}

/** The dialogs that it opened, and how they ended. */
function outcomesIn(events: LogEvent[]): Known['outcomes'] {
  const outcomes = new Map<string, NonNullable<Turn['outcome']>>()
  const opened = new Map<string, NonNullable<Turn['outcome']>>()
  let asked: string | undefined
  for (const event of events) {
    if (event.type === 'customer') asked = event.id
    if (event.type !== 'dialog') continue
    const { dialog, intent } = event
    if (event.event !== 'started') {
      const outcome = opened.get(dialog)
      if (outcome) outcome.ended = event.event
      opened.delete(dialog)
    } else if (intent !== undefined && asked !== undefined) {
      const outcome = { intent }
      outcomes.set(asked, outcome)
      opened.set(dialog, outcome)
    }
  }
  return outcomes
}
