import { type Bot, type BotOptions, createBot, dialog, memory, slot } from '@colloquy/core'
import { byPattern, chat } from '@colloquy/core/testing'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'

const intents = { book: /book|预订/, track: /where/, human: /xyz/ }
const book = dialog({
  name: 'book',
  title: 'Book a table',
  start: 'book',
  remind: '10m',
  expire: '1d',
  slots: {
    guests: slot.number({ ask: 'How many guests?' }),
    name: slot.text({ ask: 'What is your name?', remember: true }),
  },
  async run(d) {
    const guests = await d.ask('guests')
    d.say(`Booked for ${await d.ask('name')} and ${guests - 1}.`)
  },
})
const track = dialog({ name: 'track', start: 'track', run: (d) => d.say('Friday.') })

function botOf(more: Partial<BotOptions> = {}): Bot {
  const log = pino({ level: 'silent' })
  return createBot({
    dialogs: [book, track],
    classifier: byPattern(intents),
    store: memory(),
    channels: [],
    log,
    ...more,
  })
}
const talk = (more?: Partial<BotOptions>) => chat(botOf(more), { intents })

describe('time', () => {
  it('asks a question once more, then gives the dialog up', async () => {
    const t = talk()
    await t.user('book').bot('How many guests?')
    await t.wait('9m').bot()
    await t.wait('2m').bot('Are you still there?', 'How many guests?')
    await t.wait('2h').bot()
    await t.wait('1d').bot(/^I have closed "Book a table"/)
    await t.user('3').bot(/did not understand/)
  })
  it('starts anew with every answer', async () => {
    const t = talk()
    await t.user('book').bot('How many guests?')
    await t.wait('11m').bot('Are you still there?', 'How many guests?')
    await t.user('3').bot('What is your name?')
    await t.wait('11m').bot('Are you still there?', 'What is your name?')
    await t.user('Anna').bot('Booked for Anna and 2.')
    await t.wait('2d').bot()
  })
  it('takes a conversation back from a person who does not answer', async () => {
    const t = talk({ handoffMinutes: 5 })
    await t.user('human').bot(/passing you on/)
    await t.user('hello?').bot()
    await t.wait('6m').bot(/no colleague was free/)
    await t.user('where is it').bot('Friday.')
  })
})

describe('a clock', () => {
  it('that jumps ahead fires each timer once, and one that is set back makes them wait', async () => {
    const t = talk()
    await t.user('book').bot('How many guests?')
    await t.wait('400d').bot(/^I have closed "Book a table"/)
    await t.wait('400d').bot()
    await t.user('book').bot('How many guests?')
    await t.wait('-2h').bot()
    await t.wait('1h').bot()
    await t.wait('71m').bot('Are you still there?', 'How many guests?')
    await t.user('3').bot('What is your name?')
  })
})

describe('a profile', () => {
  it('answers a slot that is remembered in a later dialog', async () => {
    const t = talk()
    await t.user('book for 2').bot('What is your name?')
    await t.user('Anna').bot('Booked for Anna and 1.')
    await t.user('book for 4').bot('Booked for Anna and 3.')
  })
})

describe('a step', () => {
  it('that never ends is given up, and the customer is answered', async () => {
    const stuck = dialog({
      name: 'stuck',
      start: 'book',
      run: (d) => d.step('wait', {}, () => new Promise<void>(() => {})),
    })
    await chat(botOf({ dialogs: [stuck], stepSeconds: 0.05 }), { intents: { book: /book/ } })
      .user('book')
      .bot(/something went wrong/)
  })
})

describe('a slot', () => {
  it('that throws ends its dialog, and the customer is answered', async () => {
    const broken = { ...slot.text({ ask: 'Which?' }), parse: () => expect.fail('a bug') }
    const main = dialog({ name: 'main', start: 'book', slots: { broken }, run: (d) => d.ask('broken') })
    const t = chat(botOf({ dialogs: [main, track] }), { intents })
    await t.user('book').bot('Which?')
    await t.user('this').bot(/something went wrong/)
    await t.user('where is it').bot('Friday.')
  })
})

describe('the language', () => {
  it('is that of the message, and English comes back with an English sentence', async () => {
    const t = talk()
    await t.user('你好').bot('您好！请问有什么可以帮您？')
    await t.user('我想预订').bot('How many guests?')
    await t.user('很多').bot('抱歉，我没有明白您的意思。', 'How many guests?')
    await t.user('取消').bot('好的，“Book a table”已取消。')
    await t.user('转人工客服').bot(/^正在为您转接人工客服/)
    await t.user('机器人').bot('我回来了。请问有什么可以帮您？')
    await t.user('say something else please').bot(/did not understand/)
  })
  it('is fixed where the bot is told so', async () => {
    await talk({ locale: 'en' })
      .user('你好')
      .bot(/did not understand/)
  })
})
