import { type BotOptions, createBot, type Dialog, type DialogContext, dialog, memory, slot } from '@colloquy/core'
import { byPattern, chat } from '@colloquy/core/testing'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'

const intents = { start: /start/ }
const slots = { city: slot.text({ ask: 'Which city?' }) }
type D = DialogContext<typeof slots>
const main = (run: (d: D) => unknown) => dialog({ name: 'main', start: 'start', slots, run })
const talk = (dialogs: Dialog[], { feedback = false }: Partial<BotOptions> = {}) => {
  const classifier = byPattern(intents)
  const log = pino({ level: 'silent' })
  const bot = createBot({ dialogs, classifier, store: memory(), channels: [], log, feedback })
  return chat(bot, { intents, shows: ['feedback'] })
}

describe('the log', () => {
  it('keeps personal values out of the log', async () => {
    const secret = { email: slot.email({ ask: 'Which email?', pii: true }) }
    const run = async (d: DialogContext<typeof secret>) => d.say(`Sent to ${await d.ask('email')}.`)
    const t = talk([dialog({ name: 'main', start: 'start', slots: secret, run })])
    await t.user('start').bot('Which email?')
    await t.user('It is Anna@Example.com!').bot('Sent to anna@example.com.')
    const log = JSON.stringify(await t.log())
    expect(log.toLowerCase()).not.toContain('anna@example.com')
    expect(log).toContain('Sent to [email].')
  })

  it('keeps them out of the log also where they are said to no dialog, or to another one', async () => {
    const other = dialog({
      name: 'other',
      slots: {
        email: slot.email({ ask: 'Which email?', pii: true }),
        account: slot.pattern(/\b\d{6}\b/, { ask: 'Which account?', pii: true }),
        age: slot.number({ ask: 'How old are you?', pii: true }),
      },
      run: (d) => d.stop(),
    })
    const order = dialog({
      name: 'order',
      start: 'start',
      slots: { order: slot.pattern(/\b\d{6}\b/, { ask: 'Which order?' }), why: slot.text({ ask: 'Why?' }) },
      run: async (d) => d.say(`${await d.ask('order')}: ${await d.ask('why')}`),
    })
    const t = talk([other, order])
    await t.user('I am Anna@example.com, my account is 654321 and I have 2 cats').bot(/did not understand/)
    await t.user('start').bot('Which order?')
    await t.user('123456').bot('Why?')
    await t.user('because, write to anna@example.com').bot('123456: because, write to anna@example.com')
    const said = (await t.log()).flatMap((event) => (event.type === 'customer' ? [event.text] : []))
    expect(said).toEqual([
      'I am [email], my account is [account] and I have 2 cats',
      'start',
      '123456',
      'because, write to [email]',
    ])
    expect(JSON.stringify(await t.log())).not.toMatch(/anna@/i)
  })
})

describe('feedback', () => {
  it('asks for a rating and logs it, once', async () => {
    const t = talk([main(async (d) => d.say(`Thanks for the ${await d.rate('how', 'How was it?', 'stars')}.`))])
    await t.user('start').bot('How was it?', ['★', '★★', '★★★', '★★★★', '★★★★★'])
    await t.press('★★★★').bot('Thanks for the 4.')
    expect((await t.log()).filter((event) => event.type === 'feedback')).toMatchObject([{ value: 4, dialog: 'main' }])
  })

  it('asks for thumbs when it has ended, and logs what was pressed with the message that it is about', async () => {
    const t = talk([main((d) => d.say('Done.'))], { feedback: true })
    await t.user('start').bot('Done.', ['👍', '👎'])
    await t.press('👎').bot()
    const log = await t.log()
    const said = log.find((event) => event.type === 'bot')
    expect(log.at(-1)).toMatchObject({ type: 'feedback', value: -1, message: said?.message.id })
    await t.user('hello').bot('Hello! How can I help you?')
  })

  it('asks for thumbs itself, beside what it has said', async () => {
    const run = async (d: D) => {
      d.say('Half of it is done.')
      d.say({ type: 'feedback' })
      await d.ask('city')
    }
    await talk([main(run)])
      .user('start')
      .bot('Half of it is done.', ['👍', '👎'], 'Which city?')
  })
})
