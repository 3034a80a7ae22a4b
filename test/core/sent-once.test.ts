import { createBot, type Json, memory, type OutgoingMessage, plainText } from '@colloquy/core'
import { byPattern } from '@colloquy/core/testing'
import { pino } from 'pino'
import { expect, it, vi } from 'vitest'

it('says once what was sent, but not yet noted as sent, when somebody at the desk answers', async () => {
  const heard: string[] = []
  const channel = (name: string) => ({
    name,
    async start() {},
    async stop() {},
    async send(address: Json, message: OutgoingMessage) {
      if (name === 'web') heard.push(plainText(message.parts))
      return void address
    },
    openThread: async () => ({ conversation: 'room:thread', address: 'thread' }),
  })
  const store = memory()
  const settle = store.settle.bind(store)
  let note = () => {}
  const noted = new Promise<void>((resolve) => {
    note = resolve
  })
  store.settle = async (...given) => {
    await noted
    return settle(...given)
  }
  const bot = createBot({
    dialogs: [],
    classifier: byPattern({ none: /^$/ }),
    store,
    channels: [channel('web'), channel('room')],
    desk: { channel: 'room', room: 'support' },
    log: pino({ level: 'silent' }),
  })
  await bot.start()
  const from = (name: string, conversation: string) => ({
    channel: name,
    conversation,
    person: `${name}:1`,
    address: null,
  })
  const asked = bot.receive({ id: 'm1', ...from('web', 'web:1'), text: 'human' })
  await vi.waitFor(async () => expect((await store.load('room:thread'))?.document.serves).toBe('web:1'))
  const answered = bot.receive({ id: 'm2', ...from('room', 'room:thread'), name: 'Mia', text: 'Hello.' })
  await vi.waitFor(async () => expect((await store.load('web:1'))?.document.outbox.length).toBeGreaterThan(2))
  note()
  await Promise.all([asked, answered])
  await vi.waitFor(() => expect(heard).toContain('Hello.'), { timeout: 10_000 })
  await bot.stop()
  expect(heard.filter((text) => text.includes('passing you on'))).toHaveLength(1)
})
