import { createBot, dialog, type IncomingMessage, memory, type Store, slot } from '@colloquy/core'
import { byPattern } from '@colloquy/core/testing'
import { pino } from 'pino'
import { expect, it } from 'vitest'

it('never forgets the effect of a commit whose process has died', async () => {
  const store = memory()
  const done: string[] = []
  let dies = true
  const refund = dialog({
    name: 'refund',
    start: 'refund',
    slots: { order: slot.pattern(/\b\d{6}\b/, { ask: 'Which order?', label: 'order number' }) },
    async run(d) {
      const order = await d.ask('order')
      if (!(await d.confirm('sure', `Refund ${order}?`))) return
      await d.commit('refund', { order }, async () => {
        if (!done.includes(order)) done.push(order)
        if (dies) await new Promise(() => {})
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
      channels: [],
      log: pino({ level: 'silent' }),
    })
  const message = (id: string, text: string): IncomingMessage => ({
    id,
    channel: 'test',
    conversation: 'c',
    person: 'anna',
    text,
    address: null,
  })
  const first = botOf(store)
  await first.start()
  await first.receive(message('m1', 'refund order 123456'))
  void first.receive(message('m2', 'yes')).catch(() => {})
  while (done.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  // The first process is dead. "yes" was not acknowledged, so it is delivered again, but behind what was said next.
  dies = false
  const second = botOf(store)
  await second.start()
  await second.receive(message('m3', 'sorry, the order is 654321'))
  await second.receive(message('m2', 'yes'))
  await second.stop()
  const logged = (await store.history('c', 99)).flatMap((event) => (event.type === 'commit' ? [event.key] : []))
  expect(logged).toHaveLength(done.length)
})
