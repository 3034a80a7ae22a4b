import { type BotOptions, createBot } from '../bot.js'
import type { IncomingMessage } from '../message.js'

/** A process that lives for one message, or, without one, for what time has made due. */
export async function live(options: BotOptions, message?: IncomingMessage): Promise<void> {
  const bot = createBot({ ...options, inspect: false })
  await bot.start()
  try {
    if (message) await bot.receive(message)
  } finally {
    await bot.stop()
  }
}
