import { createBot, dialog, memory, slot } from '@colloquy/core'
import { byPattern } from '@colloquy/core/testing'

/** The dialog of the README, over a shop that remembers what was done to it. */
export function shop() {
  const orders: Record<string, { total: string }> = { '123456': { total: '£20' }, '654321': { total: '£30' } }
  const done: { key: string; input: unknown }[] = []
  const looked: string[] = []
  const refund = dialog({
    name: 'refund',
    title: 'Refund an order',
    start: 'request_refund',
    slots: {
      order: slot.pattern(/\b\d{6}\b/, { ask: 'What is your order number?', label: 'order number' }),
      reason: slot.choice(['damaged', 'late', 'other'], { ask: 'What went wrong?' }),
    },
    async run(d) {
      const id = await d.ask('order')
      const order = await d.step('find order', { id }, ({ id }) => {
        looked.push(id)
        return orders[id] ?? null
      })
      if (!order) return d.askAgain('order', `I cannot find order ${id}.`)
      const reason = await d.ask('reason')
      if (!(await d.confirm('sure', `Refund ${order.total} for order ${id}?`))) return d.stop('Nothing was refunded.')
      const ref = await d.commit('refund', { id, reason }, (input, once) => {
        if (!done.some((one) => one.key === once.key)) done.push({ key: once.key, input })
        return `R${done.length}`
      })
      d.say(`Done. Your reference is ${ref}.`)
    },
  })
  const track = dialog({
    name: 'track',
    title: 'Track a parcel',
    start: 'track_order',
    run: (d) => d.say('It arrives Friday.'),
  })
  const intents = { request_refund: /refund/, track_order: /where is/ }
  const bot = createBot({ dialogs: [refund, track], classifier: byPattern(intents), store: memory(), channels: [] })
  return { bot, intents, done, looked, orders }
}
