import type { LogEvent } from '@colloquy/core'
import type { Entry } from './protocol.js'

/** What a page shows of a conversation's log: who said what, and none of what the engine thought. */
export function entries(events: LogEvent[]): Entry[] {
  return events.flatMap((event): Entry[] => {
    if (event.type === 'bot') return [{ from: 'bot', ...event.message, at: event.at }]
    if (event.type !== 'customer') return []
    const { message: id, text, choice, at } = event
    return [{ from: 'customer', id, text, ...(choice !== undefined && { choice }), at }]
  })
}
