import {
  createBot,
  dialog,
  type IncomingMessage,
  memory,
  type OutgoingMessage,
  plainText,
  type Store,
  slot,
} from '@colloquy/core'
import { byPattern } from '@colloquy/core/testing'
import { pino } from 'pino'
import { expect, it } from 'vitest'

/** A bot whose refund can be held between its effect and what is written down of it. */
function setUp() {
  const done: string[] = []
  const heard: string[] = []
  const held = { until: Promise.resolve() as Promise<unknown> }
  let clock = Date.now()
  const refund = dialog({
    name: 'refund',
    start: 'refund',
    expire: '1d',
    slots: { order: slot.pattern(/\b\d{6}\b/, { ask: 'Which order?', label: 'order number' }) },
    async run(d) {
      const order = await d.ask('order')
      if (!(await d.confirm('sure', `Refund ${order}?`))) return
      await d.commit('refund', { order }, async () => {
        if (!done.includes(order)) done.push(order)
        await held.until
        return 'R1'
      })
      d.say('Done.')
    },
  })
  const botOf = (store: Store) =>
    createBot({
      dialogs: [refund],
      classifier: byPattern({ refund: /refund/ }),
      store,
      channels: [
        {
          name: 'test',
          async start() {},
          async stop() {},
          send: async (_address, { parts }: OutgoingMessage) => void heard.push(plainText(parts)),
        },
      ],
      now: () => clock,
      log: pino({ level: 'silent' }),
    })
  const message = (id: string, text: string): IncomingMessage => ({
    ...{ id, channel: 'test', conversation: 'c', person: 'anna', text, address: null },
  })
  const commits = async (store: Store) =>
    (await store.history('c', 99)).flatMap((event) => (event.type === 'commit' ? [event.key] : []))
  return { botOf, message, done, heard, held, commits, pass: (ms: number) => (clock += ms) }
}

it('never forgets the effect of a commit whose process has died', async () => {
  const { botOf, message, done, held, commits } = setUp()
  const store = memory()
  const first = botOf(store)
  await first.start()
  await first.receive(message('m1', 'refund order 123456'))
  held.until = new Promise(() => {})
  void first.receive(message('m2', 'yes')).catch(() => {})
  await expect.poll(() => done).toHaveLength(1)
  // The first process is dead. "yes" was not acknowledged, so it is delivered again, but behind what was said next.
  held.until = Promise.resolve()
  const second = botOf(store)
  await second.start()
  await second.receive(message('m3', 'sorry, the order is 654321'))
  await second.receive(message('m2', 'yes'))
  await second.stop()
  expect(await commits(store)).toHaveLength(done.length)
})

it('never forgets the effect of a commit during which time runs out in another process', async () => {
  const { botOf, message, done, heard, held, commits, pass } = setUp()
  const inner = memory()
  const store: Store = { ...inner, shared: true }
  const first = botOf(store)
  await first.start()
  await first.receive(message('m1', 'refund order 123456'))
  await expect.poll(() => heard).toHaveLength(1)
  let go = () => {}
  held.until = new Promise<void>((resolve) => (go = resolve))
  await first.receive(message('m2', 'yes'))
  await expect.poll(() => done).toHaveLength(1)
  // The other process has looked for messages just before "yes" came, and finds that the dialog expires.
  pass(2 * 86_400_000)
  const second = botOf({ ...store, waiting: async () => [] })
  await second.start()
  await second.stop()
  go()
  await expect.poll(() => heard).toContain('Done.')
  await first.stop()
  expect(await commits(store)).toHaveLength(1)
  expect(heard).toEqual(['Refund 123456?\n[Yes] [No]', 'Done.'])
})

it('never forgets the effect of a commit during which a person speaks to the customer', async () => {
  const { botOf, message, done, heard, held, commits } = setUp()
  const store = memory()
  const bot = botOf({ ...store, shared: true })
  const other = botOf({ ...store, shared: true })
  await bot.start()
  await bot.receive(message('m1', 'refund order 123456'))
  await expect.poll(() => heard).toHaveLength(1)
  let go = () => {}
  held.until = new Promise<void>((resolve) => (go = resolve))
  await bot.receive(message('m2', 'yes'))
  await expect.poll(() => done).toHaveLength(1)
  await other.say('c', 'I am looking into it.', { from: 'Mia' })
  go()
  await expect.poll(() => heard).toContain('Done.')
  await bot.stop()
  await other.stop()
  expect(await commits(store)).toHaveLength(1)
})
