import { setImmediate } from 'node:timers/promises'
import {
  type Bot,
  type BotOptions,
  type Channel,
  createBot,
  dialog,
  type IncomingMessage,
  type Json,
  memory,
  type OutgoingMessage,
  type Part,
  plainText,
  slot,
} from '@colloquy/core'
import { byPattern } from '@colloquy/core/testing'
import { pino } from 'pino'

const refund = dialog({
  name: 'refund',
  start: 'refund',
  slots: { email: slot.email({ ask: 'Which email?', pii: true }), story: slot.text({ ask: 'What happened?' }) },
  async run(d) {
    await d.ask('email')
    await d.ask('story')
    d.say('Refunded.')
  },
})

/** A channel that shows a message once, whatever is sent again; rooms have threads. */
export class Room implements Channel {
  readonly shown: { address: Json; message: OutgoingMessage }[] = []
  down = false
  threads = 0
  constructor(readonly name: string) {}
  async start() {}
  async stop() {}
  async send(address: Json, message: OutgoingMessage) {
    if (this.down) throw new Error(`${this.name} is down`)
    if (!this.shown.some((one) => one.message.id === message.id)) this.shown.push({ address, message })
  }
  async openThread(room: Json, message: OutgoingMessage) {
    const address = { room, thread: this.threads + 1 }
    await this.send(address, message)
    this.threads++
    return { conversation: `${this.name}:thread${this.threads}`, address }
  }
  /** What stands at an address, one line a message. */
  at(address: Json): string[] {
    const here = this.shown.filter((one) => JSON.stringify(one.address) === JSON.stringify(address))
    return here.map(({ message: { speaker, parts } }) => `${speaker ? `${speaker}: ` : ''}${plainText(parts)}`)
  }
  parts(): Part[] {
    return this.shown.flatMap(({ message }) => message.parts)
  }
}

export function setUp(more: Partial<BotOptions> = {}, phone = new Room('phone'), slack = new Room('slack')) {
  const bot = createBot({
    dialogs: [refund],
    classifier: byPattern({ refund: /refund/ }),
    store: memory(),
    channels: phone === slack ? [phone] : [phone, slack],
    desk: { channel: slack.name, room: 'C1' },
    log: pino({ level: 'silent' }),
    ...more,
  })
  let count = 0
  const message = (from: Partial<IncomingMessage>): IncomingMessage => ({
    ...{ id: `m${++count}`, channel: 'phone', conversation: 'phone:anna', person: 'phone:anna', text: '' },
    ...{ address: { to: 'anna' }, ...from },
  })
  /** A message is durable before it is passed on: whoever answers to it has read it. */
  const passedOn = async (received: IncomingMessage) => {
    await bot.receive(received)
    await setImmediate()
  }
  /** The customer writes, and the agent in a thread. */
  const customer = (text: string, more: Partial<IncomingMessage> = {}) => passedOn(message({ text, ...more }))
  const written = (text: string, thread = 1) =>
    message({
      ...{ channel: slack.name, conversation: `${slack.name}:thread${thread}`, person: 'slack:U1', name: 'Mia', text },
      ...{ addressed: false, address: { room: 'C1', thread, ts: count } },
    })
  const agent = (text: string, more: Partial<IncomingMessage> = {}, thread = 1) =>
    passedOn({ ...written(text, thread), ...more })
  const heard = () => phone.at({ to: 'anna' })
  const thread = (n = 1) => slack.shown.filter(({ address }) => (address as { thread?: number }).thread === n)
  const read = (n = 1) => thread(n).map(({ message }) => plainText(message.parts))
  return { bot, customer, agent, written, heard, read, phone, slack, message }
}

export async function running(bot: Bot, work: () => Promise<void>): Promise<void> {
  await bot.start()
  try {
    await work()
  } finally {
    await bot.stop()
  }
}
