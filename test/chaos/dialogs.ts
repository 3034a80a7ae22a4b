import { type Classifier, type Dialog, dialog, slot } from '@colloquy/core'
import { byPattern } from '@colloquy/core/testing'

/** The world outside the bot. */
export interface Shop {
  /** What an order cost; looked up as often as the bot likes. */
  total(order: string): Promise<string>
  /** Done once for each key, however often it is asked for. */
  refund(order: string, reason: string, key: string): Promise<string>
}

/** The bot that is tormented. Nothing it says depends on when or how often it is asked. */
export function dialogsOf(shop: Shop): Dialog[] {
  const refund = dialog({
    name: 'refund',
    title: 'Refund an order',
    start: 'refund',
    slots: {
      order: slot.pattern(/\b\d{6}\b/, { ask: 'What is your order number?', label: 'order number' }),
      reason: slot.choice(['damaged', 'late', 'lost'], { ask: 'What went wrong?' }),
    },
    async run(d) {
      const order = await d.ask('order')
      const total = await d.step('find order', order, (order) => shop.total(order))
      d.say(`Order ${order} cost ${total}.`)
      const reason = await d.ask('reason')
      if (!(await d.confirm('sure', `Refund ${total} for order ${order}, ${reason}?`)))
        return d.stop('Nothing was done.')
      const reference = await d.commit('refund', { order, reason }, (input, { key }) =>
        shop.refund(input.order, input.reason, key),
      )
      d.say(`Done. Your reference is ${reference}.`)
    },
  })
  const track = dialog({
    name: 'track',
    title: 'Track a parcel',
    start: 'track',
    slots: { parcel: slot.pattern(/\bP\d{4}\b/, { ask: 'Which parcel?' }) },
    async run(d) {
      d.say(`Parcel ${await d.ask('parcel')} is on its way.`)
    },
  })
  return [refund, track]
}

export function classifierOf(): Classifier {
  return byPattern({ refund: /refund|money back/i, track: /parcel/i })
}
