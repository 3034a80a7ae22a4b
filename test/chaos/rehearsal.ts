import { createBot, type IncomingMessage, type LogEvent, memory } from '@colloquy/core'
import { pino } from 'pino'
import { classifierOf, dialogsOf } from './dialogs.js'
import { referenceOf, totalOf } from './service.js'

/** A conversation as it goes where nothing goes wrong: what is logged after each message. */
export async function rehearse(messages: readonly IncomingMessage[]): Promise<LogEvent[][]> {
  const dialogs = dialogsOf({
    total: async (order) => totalOf(order),
    refund: async (order, reason) => referenceOf(order, reason),
  })
  const store = memory()
  const log = pino({ level: 'silent' })
  const bot = createBot({ dialogs, classifier: classifierOf(), store, channels: [], log })
  await bot.start()
  const logged: LogEvent[][] = []
  let seen = 0
  for (const message of messages) {
    await bot.receive(message)
    const events = await store.history(message.conversation, Number.MAX_SAFE_INTEGER)
    logged.push(events.slice(seen))
    seen = events.length
  }
  await bot.stop()
  return logged
}

/** What was said and done, without what differs between two runs. */
export function transcriptOf(events: readonly LogEvent[]): string[] {
  return events.map((event) => {
    if (event.type === 'customer') return `> ${event.text} (${event.decision})`
    if (event.type === 'bot') return `< ${JSON.stringify(event.message.parts)}`
    if (event.type === 'commit') return `! ${event.name} ${JSON.stringify(event.output)}`
    return `- ${event.type} ${JSON.stringify('event' in event ? event.event : '')}`
  })
}
