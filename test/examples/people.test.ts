import { setImmediate } from 'node:timers/promises'
import { type Channel, type IncomingMessage, memory, type OutgoingMessage, plainText } from '@colloquy/core'
import { byPattern } from '@colloquy/core/testing'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { bankBot } from '../../examples/bank/bot.js'
import { bank, labels } from './talk.js'

/** The bank's bot on two channels, with a desk on the second. */
async function setUp() {
  const said: { channel: string; message: OutgoingMessage }[] = []
  const channel = (name: string): Channel => ({
    name,
    async start() {},
    async stop() {},
    send: async (_address, message) => void said.push({ channel: name, message }),
    async openThread(_room, message) {
      said.push({ channel: 'desk', message })
      return { conversation: 'slack:thread', address: null }
    },
  })
  const intents = { verify_my_identity: /verify/, request_refund: /refund/, lost_or_stolen_card: /stolen/ }
  const bot = bankBot({
    bank: bank(),
    classifier: byPattern(intents, labels),
    store: memory(),
    channels: [channel('web'), channel('slack')],
    desk: { channel: 'slack', room: 'C1' },
    log: pino({ level: 'silent' }),
  })
  await bot.start()
  let count = 0
  /** What the bot says to somebody, one text a message. */
  async function say(person: string, text: string, more: Partial<IncomingMessage> = {}): Promise<string[]> {
    const channel = person.split(':')[0] ?? ''
    said.length = 0
    await bot.receive({
      ...{ id: `m${++count}`, channel, conversation: `${person}/1`, person, text, address: null },
      ...more,
    })
    // Received means that it is safe: what is said about it is sent after that.
    await setImmediate()
    return said.map(({ message }) => plainText(message.parts))
  }
  return { bot, say, said }
}

test('who brings the code of an identity check to another channel is known there, and asked nothing twice', async () => {
  const { bot, say } = await setUp()
  await say('web:alex', 'refund 204518 please')
  await say('web:alex', 'I changed my mind')
  await say('web:alex', 'alex@example.com')
  await say('web:alex', 'no')
  await say('web:alex', 'verify my identity with my passport')
  await say('web:alex', '12/04/1990')
  const code = /ID-\d{9}/.exec((await say('web:alex', 'yes')).join())?.[0] ?? ''
  expect(code).not.toBe('')

  expect(await say('slack:U1', 'refund 204518, I changed my mind')).toContainEqual(expect.stringContaining('email'))
  await say('slack:U1', 'cancel')
  expect(await say('slack:U1', 'verify my identity by code ID-000000000')).toContain('I do not know that code.')
  expect(await say('slack:U1', code.toLowerCase())).toEqual([expect.stringContaining('I know you here as well now')])
  expect(await say('slack:U1', 'refund 204518, I changed my mind')).toContainEqual(
    expect.stringContaining('Shall I ask'),
  )
  await bot.stop()
  expect((await bot.export('slack:U1')).profiles[0]).toMatchObject({ linked: expect.arrayContaining(['slack:U1']) })
})

test('a refund is asked for with a form, and what is over asks for thumbs', async () => {
  const { bot, say, said } = await setUp()
  const parts = () => said.flatMap(({ message }) => message.parts)
  await say('web:alex', 'I want a refund')
  expect(parts()).toContainEqual({
    type: 'form',
    title: 'Get a refund',
    fields: [
      { name: 'payment', label: 'Payment' },
      expect.objectContaining({ name: 'reason', choices: expect.arrayContaining([expect.anything()]) }),
      expect.objectContaining({ name: 'email' }),
    ],
  })
  const fields = { payment: '204518', reason: 'faulty', email: 'alex@example.com' }
  expect(await say('web:alex', '', { fields })).toEqual([expect.stringContaining('Shall I ask')])
  await say('web:alex', 'yes')
  expect(parts().at(-1)).toEqual({ type: 'feedback' })
  await bot.stop()
})

test('who asks for a person gets one: the people at the desk read along, and answer', async () => {
  const { bot, say, said } = await setUp()
  await say('web:alex', 'my card was stolen')
  await say('web:alex', 'human', { name: 'Alex' })
  await expect.poll(() => said.some(({ channel }) => channel === 'desk')).toBe(true)
  const opening = said.find(({ channel }) => channel === 'desk')?.message.parts ?? []
  expect(plainText(opening)).toContain('**Alex** (web) needs a person: asked for a person. It was about: lost card.')
  await say('slack:U9', 'I am Mia.', { conversation: 'slack:thread', name: 'Mia', addressed: false })
  await expect.poll(() => said.map(({ channel, message }) => [channel, message.speaker])).toContainEqual(['web', 'Mia'])
  await bot.stop()
})
