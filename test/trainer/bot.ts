import { type Channel, type Classifier, createBot, type Dialog, type OutgoingMessage } from '@colloquy/core'
import { sqlite } from '@colloquy/core/store/sqlite'

/** Has a bot answer what one customer says, one message after the other, and returns all that it said. */
export async function talk(
  bot: { dialogs: Dialog[]; classifier: Classifier; store: string; now?: () => number },
  conversation: string,
  said: string[],
): Promise<string[]> {
  const heard: string[] = []
  const channel: Channel = {
    name: 'test',
    async start() {},
    async send(_, message) {
      heard.push(textOf(message))
    },
    async stop() {},
  }
  const running = createBot({ ...bot, store: sqlite(bot.store), channels: [channel] })
  await running.start()
  for (const [i, text] of said.entries()) {
    const message = { id: `m${i}`, channel: 'test', conversation, person: conversation, text, address: null }
    await running.receive(message)
  }
  await running.stop()
  return heard
}

function textOf(message: OutgoingMessage): string {
  return message.parts.map((part) => (part.type === 'text' ? part.text : '')).join('')
}
