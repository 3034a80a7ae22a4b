/** One process of the tormented bot: it takes messages from its parent, and sends its replies there. */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Channel, createBot, type IncomingMessage, type Store } from '@colloquy/core'
import { pino } from 'pino'
import { classifierOf, dialogsOf } from './dialogs.js'
import { totalOf } from './service.js'

/** What the parent sends, and what it is sent. */
export type ToBot = { message: IncomingMessage } | { received: string } | { stop: true }
export type FromBot =
  | { ready: true }
  | { acknowledged: string }
  | { refused: string; why: string }
  | { reply: { id: string; conversation: string; texts: string[] } }

const [kind = '', place = '', prefix = '', service = ''] = process.argv.slice(2)
const tell = (what: FromBot) => process.send?.(what)

async function storeOf(): Promise<Store> {
  if (kind === 'sqlite') return (await import('@colloquy/core/store/sqlite')).sqlite(place)
  if (kind === 'postgres') return (await import('@colloquy/core/store/postgres')).postgres(place, { prefix })
  if (kind === 'mysql') return (await import('@colloquy/core/store/mysql')).mysql(place, { prefix })
  return (await import('@colloquy/core/store/redis')).redis(place, { prefix })
}

async function call(path: string, body: object): Promise<string> {
  const response = await fetch(`${service}${path}`, {
    method: 'POST',
    body: JSON.stringify({ ...body, pid: process.pid }),
  })
  return response.text()
}

const dialogs = dialogsOf({
  total: async (order) => {
    await sleep(Number(order) % 30)
    return totalOf(order)
  },
  refund: (order, reason, key) => call('/refund', { order, reason, key }),
})

const waiting = new Map<string, () => void>()
const channel: Channel = {
  name: 'chaos',
  async start(host) {
    process.on('message', (given: ToBot) => {
      if ('message' in given) {
        const { id } = given.message
        host.receive(given.message).then(
          () => tell({ acknowledged: id }),
          (error) => tell({ refused: id, why: String(error) }),
        )
      } else if ('received' in given) {
        waiting.get(given.received)?.()
        waiting.delete(given.received)
      }
    })
  },
  async send(address, { id, parts }) {
    const texts = parts.map((part) => ('text' in part ? String(part.text) : JSON.stringify(part)))
    const received = new Promise<void>((resolve) => waiting.set(id, resolve))
    tell({ reply: { id, conversation: String(address), texts } })
    await received
  },
  async stop() {},
}

const log = pino({ level: process.env.CHAOS_LOG ?? 'fatal' }, pino.destination(2))
const bot = createBot({ dialogs, classifier: classifierOf(), store: await storeOf(), channels: [channel], log })
await bot.start()
process.on('message', (given: ToBot) => {
  if ('stop' in given) bot.stop().then(() => process.exit(0))
})
process.on('disconnect', () => process.exit(1))
tell({ ready: true })
