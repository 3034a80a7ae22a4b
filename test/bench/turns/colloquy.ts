import { createBot, dialog, type OutgoingMessage, type Store, slot } from '@colloquy/core'
import { byPattern } from '@colloquy/core/testing'
import { type Engine, OPENS, QUESTIONS, summary } from './dialog.js'

const [order, email, postcode, weight] = QUESTIONS

const booking = dialog({
  name: 'return',
  start: 'return',
  slots: {
    order: slot.pattern(order.pattern, order),
    email: slot.pattern(email.pattern, email),
    postcode: slot.pattern(postcode.pattern, postcode),
    weight: slot.pattern(weight.pattern, weight),
  },
  async run(d) {
    const answers = {
      order: await d.ask('order'),
      email: await d.ask('email'),
      postcode: await d.ask('postcode'),
      weight: await d.ask('weight'),
    }
    d.say(summary(answers))
  },
})

/** Our engine on a store. */
export async function colloquy(store: Store): Promise<Engine> {
  const waiting = new Map<string, (reply: string) => void>()
  const bot = createBot({
    dialogs: [booking],
    classifier: byPattern({ return: OPENS }),
    store,
    channels: [
      {
        name: 'bench',
        async start() {},
        async send(address, { parts }: OutgoingMessage) {
          const [part] = parts
          if (part?.type === 'text') waiting.get(String(address))?.(part.text)
        },
        async stop() {},
      },
    ],
  })
  await bot.start()
  let count = 0
  return {
    async say(conversation, text) {
      const reply = new Promise<string>((resolve) => waiting.set(conversation, resolve))
      const message = { channel: 'bench', conversation, person: conversation, address: conversation, text }
      await bot.receive({ ...message, id: `m${++count}` })
      return reply
    },
    close: () => bot.stop(),
  }
}
