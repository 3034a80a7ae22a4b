import { createBot, dialog, memory, slot } from '@colloquy/core'
import { byPattern } from '@colloquy/core/testing'

/** What the bot says at the end, so that a test can change it. */
const { CLOSING = 'is refunded' } = process.env

export const refund = dialog({
  name: 'refund',
  start: 'refund',
  slots: {
    order: slot.pattern(/\b\d{6}\b/, { ask: 'What is your order number?' }),
    reason: slot.choice(['damaged', 'late'], { ask: 'What went wrong?' }),
  },
  async run(d) {
    const order = await d.ask('order')
    await d.ask('reason')
    d.say(`Order ${order} ${CLOSING}.`)
  },
})

export const classifier = byPattern({ refund: /money back/ })

export default () => createBot({ dialogs: [refund], classifier, store: memory(), channels: [] })
