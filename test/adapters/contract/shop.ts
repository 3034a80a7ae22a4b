import { type Bot, type BotOptions, createBot, dialog, type Part, slot } from '@colloquy/core'
import { byPattern } from '@colloquy/core/testing'
import { pino } from 'pino'

/** A picture of one pixel. */
export const PIXEL =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
export const TERMS = `data:text/plain;base64,${Buffer.from('Terms and conditions.').toString('base64')}`

/** About 9,000 words in sentences, with a link and a code block that no split may break. */
export const LONG = [
  'Everything about parcels.',
  ...Array.from({ length: 700 }, (_, n) => `Sentence ${n} says **what** we do with parcels that are late.`),
  'See [the terms of delivery](https://shop.example/terms?page=1).',
  '```\nparcel --late\nparcel --lost\n```',
].join('\n')

/** Every part that an adapter must render. */
export const PARTS: Part[] = [
  { type: 'text', text: 'What we *have*:' },
  { type: 'list', items: ['red shoes', 'blue shoes'] },
  {
    type: 'card',
    title: 'Red shoes',
    text: 'Size 38',
    image: PIXEL,
    choices: [{ label: 'Buy red', value: 'buy red' }],
  },
  { type: 'image', url: PIXEL, alt: 'A pair of shoes' },
  { type: 'file', url: TERMS, name: 'terms.txt' },
]

/** The dialogs that the contract talks through. `slow` steps wait for what `release` gives. */
export function shop(slow: () => Promise<void> = async () => {}) {
  const say = (name: string, parts: Part[]) => dialog({ name, start: name, run: (d) => d.say(parts) })
  const refund = dialog({
    name: 'refund',
    title: 'Refund an order',
    start: 'refund',
    slots: {
      order: slot.pattern(/\b\d{6}\b/, { ask: 'What is your order number?', label: 'order number' }),
      reason: slot.choice(['damaged', 'late', 'other'], { ask: 'What went wrong?' }),
    },
    async run(d) {
      const order = await d.ask('order')
      const reason = await d.ask('reason')
      if (!(await d.confirm('sure', `Refund order ${order}?`))) return d.stop('Nothing was refunded.')
      await d.commit('refund', { order, reason }, () => 'done')
      d.say(`Order ${order} is refunded, as it was ${reason}.`)
    },
  })
  const dialogs = [
    refund,
    dialog({ name: 'track', title: 'Track a parcel', start: 'track', run: (d) => d.say('It arrives on Friday.') }),
    say('hours', [{ type: 'text', text: 'We are *open* until nine.' }]),
    say('long', [{ type: 'text', text: LONG }]),
    say('parts', PARTS),
    dialog({
      name: 'photo',
      start: 'photo',
      slots: { photo: slot.attachment({ ask: 'Please send a photo.' }) },
      async run(d) {
        const { name, type } = await d.ask('photo')
        d.say(`I have ${name} (${type}).`)
      },
    }),
    dialog({
      name: 'slow',
      start: 'slow',
      async run(d) {
        await d.step('wait', {}, slow)
        d.say('That took a while.')
      },
    }),
    dialog({
      name: 'story',
      start: 'story',
      async run(d) {
        const text = 'Once upon a time there was a parcel.'
        await d.step('tell', {}, async () => {
          for (const length of [9, 20]) {
            d.typing(text.slice(0, length))
            await slow()
          }
        })
        d.say(text)
      },
    }),
  ]
  return { dialogs, classifier: byPattern(INTENTS) }
}

const INTENTS = {
  refund: /refund/i,
  track: /where is/i,
  hours: /open/i,
  long: /everything/i,
  parts: /shoes/i,
  photo: /photo/i,
  slow: /slow/i,
  story: /story/i,
}

/** A bot of that shop. */
export function shopBot(options: Omit<BotOptions, 'dialogs' | 'classifier'>, slow?: () => Promise<void>): Bot {
  return createBot({ ...shop(slow), log: pino({ level: 'silent' }), stepSeconds: 120, ...options })
}
