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
      const disliked = dislikedIn(events)
      const turns = events.flatMap((event) => turn(event, source, disliked.has(event.id)))
      if (turns.some(({ role }) => role === 'customer')) yield { id, channel, turns }
    }
  } finally {
    await store.close()
  }
}

/** The log's own ids tell where a turn stands in it. */
function turn(event: LogEvent, store: string, disliked: boolean): Turn[] {
  const common = { ts: event.at / 1000, source: `${store}#${event.id}` }
  if (event.type === 'bot') return [{ role: 'agent', text: plainText(event.message.parts), ...common }]
  if (event.type !== 'customer') return []
  const { text, understanding, decision } = event
  const review = disliked ? 'thumbs_down' : event.review
  const said = understanding && { predicted: understanding.intent, confidence: understanding.confidence }
  return [{ role: 'customer', text, ...common, ...said, decision, ...(review && { review }) }]
}

/** The ids of what customers said before a thumb down: of what led to the message that it is about. */
function dislikedIn(events: LogEvent[]): Set<string> {
  const led = new Map<string | undefined, string>()
  const disliked = new Set<string>()
  let asked: string | undefined
  for (const event of events) {
    if (event.type === 'customer') asked = event.id
    else if (event.type === 'bot' && asked !== undefined) led.set(event.message.id, asked)
    else if (event.type === 'feedback' && event.value < 0) disliked.add(led.get(event.message) ?? asked ?? '')
  }
  return disliked
}
