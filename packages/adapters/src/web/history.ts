import type { LogEvent } from '@colloquy/core'
import type { Links } from '../files/links.js'
import type { Entry } from './protocol.js'

/** How many log events a page gets when it connects, and how many characters of them. */
export const HISTORY = 400
const CHARACTERS = 200_000

/** What a page shows of a conversation's log: who said what, and none of what the engine thought. */
export async function entries(events: readonly LogEvent[], links: Links): Promise<Entry[]> {
  const rated = new Map<string | undefined, 1 | -1>()
  for (const event of events) if (event.type === 'feedback') rated.set(event.message, event.value > 0 ? 1 : -1)
  const shown: Entry[] = []
  let length = 0
  for (const event of events.toReversed()) {
    const entry = await entryOf(event, links)
    if (!entry) continue
    length += JSON.stringify(entry).length
    if (length > CHARACTERS && shown.length > 0) break
    const rating = rated.get(entry.id)
    shown.push(entry.from === 'bot' && rating ? { ...entry, rated: rating } : entry)
  }
  return shown.reverse()
}

async function entryOf(event: LogEvent, links: Links): Promise<Entry | undefined> {
  if (event.type === 'bot')
    return { from: 'bot', ...event.message, parts: await links.parts(event.message.parts), at: event.at }
  if (event.type !== 'customer') return undefined
  const { message: id, text, choice, fields, attachments, at } = event
  const said = { id, text, ...(choice !== undefined && { choice }), ...(fields && { fields }) }
  return { from: 'customer', ...said, ...(attachments && { files: await links.files(attachments) }), at }
}
