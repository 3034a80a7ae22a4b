import { request } from 'node:http'
import { type Bot, type BotOptions, createBot, dialog, memory, slot } from '@colloquy/core'
import { phone } from '@colloquy/core/slot/phone'
import { byPattern } from '@colloquy/core/testing'
import { pino } from 'pino'
import { afterEach } from 'vitest'

export const refund = dialog({
  name: 'refund',
  title: 'Refund an order',
  start: 'refund',
  remind: '10m',
  expire: '1d',
  slots: {
    order: slot.pattern(/\b\d{6}\b/, { ask: 'What is your order number?' }),
    email: slot.email({ ask: 'Which email did you use?', pii: true }),
    tip: slot.money({ ask: 'How much was the tip?', currency: 'GBP', pii: true, optional: true }),
    reason: slot.choice(['damaged', 'late'], { ask: 'What went wrong?' }),
  },
  async run(d) {
    const order = await d.ask('order')
    const email = await d.ask('email')
    await d.step('account', { email }, () => ({ owner: email, since: 2019 }))
    await d.ask('tip')
    await d.ask('reason')
    if (!(await d.confirm('sure', `Shall I write to ${email}?`))) return d.stop()
    await d.commit('refund', { order, email }, () => ({ sent: email }))
    await d.confirm('more', 'Anything else?')
  },
})
export const contact = dialog({
  name: 'contact',
  start: 'contact',
  slots: {
    name: slot.text({ ask: 'What is your name?', pii: true }),
    phone: phone({ ask: 'Which number may we call?', country: 'GB', pii: true }),
  },
  async run(d) {
    const name = await d.ask('name')
    await d.step('card', { name }, () => ({ printed: `Ms "${name}"` }))
    await d.commit('call', { phone: await d.ask('phone') }, () => 'called')
    await d.confirm('more', 'Anything else?')
  },
})
export const track = dialog({ name: 'track', start: 'track', run: (d) => d.say('It arrives Friday.') })
export const classifier = byPattern({ refund: /refund/, track: /where is/, contact: /call me/ })

export const channel = { name: 'test', async start() {}, async send() {}, async stop() {} }
export let bot: Bot
export let count = 0

export async function start(options: Partial<BotOptions> = {}): Promise<void> {
  bot = createBot({
    ...{ dialogs: [refund, track, contact], classifier, store: memory(), channels: [channel], inspect: { port: 0 } },
    log: pino({ level: 'silent' }),
    ...options,
  })
  await bot.start()
}

afterEach(() => bot.stop())

export async function say(
  text: string,
  conversation = 'test:c1',
  more: { choice?: string; id?: string } = {},
): Promise<void> {
  const message = { id: `m${++count}`, channel: 'test', conversation, person: `p ${conversation}`, text, address: null }
  await bot.receive({ ...message, ...more })
}

export const url = (path: string) => new URL(path, bot.inspector).href
export const get = async (path: string) => (await fetch(url(path))).json()
export const conversation = () => get('conversation?id=test:c1')
/** Why the last message was taken as it was. */
export const why = async () => (await conversation()).turns.at(-1).why

/** A request that names this server differently. */
export function status(host: string, method = 'GET'): Promise<number | undefined> {
  const { hostname, port } = new URL(url('conversations'))
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path: '/conversations', method, headers: { host } }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
    sent.on('error', reject).end()
  })
}
