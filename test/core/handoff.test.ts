import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type Bot,
  type BotOptions,
  type Channel,
  createBot,
  dialog,
  fileSink,
  type IncomingMessage,
  type Json,
  memory,
  type OutgoingMessage,
  type Part,
  plainText,
  slot,
} from '@colloquy/core'
import { sqlite } from '@colloquy/core/store/sqlite'
import { byPattern } from '@colloquy/core/testing'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'

const refund = dialog({
  name: 'refund',
  start: 'refund',
  slots: { email: slot.email({ ask: 'Which email?', pii: true }), story: slot.text({ ask: 'What happened?' }) },
  async run(d) {
    await d.ask('email')
    await d.ask('story')
    d.say('Refunded.')
  },
})

/** A channel that shows a message once, whatever is sent again; rooms have threads. */
class Room implements Channel {
  readonly shown: { address: Json; message: OutgoingMessage }[] = []
  down = false
  threads = 0
  constructor(readonly name: string) {}
  async start() {}
  async stop() {}
  async send(address: Json, message: OutgoingMessage) {
    if (this.down) throw new Error(`${this.name} is down`)
    if (!this.shown.some((one) => one.message.id === message.id)) this.shown.push({ address, message })
  }
  async openThread(room: Json, message: OutgoingMessage) {
    const address = { room, thread: this.threads + 1 }
    await this.send(address, message)
    this.threads++
    return { conversation: `${this.name}:thread${this.threads}`, address }
  }
  /** What stands at an address, one line a message. */
  at(address: Json): string[] {
    const here = this.shown.filter((one) => JSON.stringify(one.address) === JSON.stringify(address))
    return here.map(({ message: { speaker, parts } }) => `${speaker ? `${speaker}: ` : ''}${plainText(parts)}`)
  }
  parts(): Part[] {
    return this.shown.flatMap(({ message }) => message.parts)
  }
}

function setUp(more: Partial<BotOptions> = {}, phone = new Room('phone'), slack = new Room('slack')) {
  const bot = createBot({
    dialogs: [refund],
    classifier: byPattern({ refund: /refund/ }),
    store: memory(),
    channels: phone === slack ? [phone] : [phone, slack],
    desk: { channel: slack.name, room: 'C1' },
    log: pino({ level: 'silent' }),
    ...more,
  })
  let count = 0
  const message = (from: Partial<IncomingMessage>): IncomingMessage => ({
    ...{ id: `m${++count}`, channel: 'phone', conversation: 'phone:anna', person: 'phone:anna', text: '' },
    ...{ address: { to: 'anna' }, ...from },
  })
  /** The customer writes, and the agent in a thread. */
  const customer = (text: string, more: Partial<IncomingMessage> = {}) => bot.receive(message({ text, ...more }))
  const written = (text: string, thread = 1) =>
    message({
      ...{ channel: slack.name, conversation: `${slack.name}:thread${thread}`, person: 'slack:U1', name: 'Mia', text },
      ...{ addressed: false, address: { room: 'C1', thread, ts: count } },
    })
  const agent = (text: string, more: Partial<IncomingMessage> = {}, thread = 1) =>
    bot.receive({ ...written(text, thread), ...more })
  const heard = () => phone.at({ to: 'anna' })
  const thread = (n = 1) => slack.shown.filter(({ address }) => (address as { thread?: number }).thread === n)
  const read = (n = 1) => thread(n).map(({ message }) => plainText(message.parts))
  return { bot, customer, agent, written, heard, read, phone, slack, message }
}

async function running(bot: Bot, work: () => Promise<void>): Promise<void> {
  await bot.start()
  try {
    await work()
  } finally {
    await bot.stop()
  }
}

describe('a conversation that is handed over to a room of another channel', () => {
  it('appears as a thread with who, where, why, what about and what was said, personal values masked', async () => {
    const { bot, customer, read, slack } = setUp()
    await running(bot, async () => {
      await customer('I want a refund', { name: 'Anna' })
      await customer('anna@example.com')
      await customer('human')
      await expect.poll(read).toHaveLength(1)
    })
    expect(read()[0]).toBe(
      [
        '**Anna** (phone) needs a person: asked for a person. It was about: refund.',
        '',
        '> Customer: I want a refund',
        '> Bot: Which email?',
        '> Customer: [email]',
        '> Bot: What happened?',
        '> Customer: human',
        '> Bot: I am passing you on to a colleague, who will answer here. Type "bot" to come back to me.',
        '[Give back to the bot]',
      ].join('\n'),
    )
    expect(slack.threads).toBe(1)
  })

  it('is read and answered there: words, files and names go both ways, and the bot is silent', async () => {
    const { bot, customer, agent, heard, read, phone, slack } = setUp()
    const photo = { name: 'card.png', type: 'image/png', url: 'phone:1' }
    const form = { name: 'form.pdf', type: 'application/pdf', url: 'slack:F1' }
    await running(bot, async () => {
      await customer('human')
      await customer('refund, it looks like this', { attachments: [photo] })
      await agent('Poor Anna.')
      await agent('Please sign.', { attachments: [form], name: 'Bo' })
      await customer('Done.')
      await expect.poll(read).toHaveLength(3)
      await expect.poll(heard).toHaveLength(3)
    })
    expect(heard().slice(1)).toEqual(['Mia: Poor Anna.', 'Bo: Please sign.\nform.pdf'])
    expect(read().slice(1)).toEqual(['refund, it looks like this\ncard.png', 'Done.'])
    expect(slack.parts()).toContainEqual({ type: 'image', url: 'phone:1', alt: 'card.png' })
    expect(phone.parts()).toContainEqual({ type: 'file', url: 'slack:F1', name: 'form.pdf' })
    expect(slack.shown.at(-1)?.address, 'where the agent was heard last').toMatchObject({ ts: expect.any(Number) })
  })

  it.each([
    ['typed', { text: ' /done ' }],
    ['pressed', { text: 'Give back to the bot', choice: '/done' }],
  ])('comes back to the bot when /done is %s, and both sides are told', async (_how, done) => {
    const { bot, customer, agent, heard, read } = setUp()
    await running(bot, async () => {
      await customer('human')
      await agent('All is well.')
      await agent('', done)
      await customer('refund')
      await expect.poll(heard).toHaveLength(4)
      await expect.poll(read).toHaveLength(2)
    })
    expect(heard().slice(1)).toEqual(['Mia: All is well.', 'I am back. How can I help you?', 'Which email?'])
    expect(read()[1]).toContain('The bot has this conversation again.')
  })

  it('is taken over once more by whoever writes in the thread later, and the same thread serves a second handover', async () => {
    const { bot, customer, agent, heard, read, slack } = setUp()
    await running(bot, async () => {
      await customer('human')
      await agent('/done')
      await agent('One more thing.')
      await customer('Yes?')
      await agent('/done')
      await customer('human')
      await expect.poll(read).toHaveLength(5)
    })
    expect(heard().slice(2, 4)).toEqual(['Mia: One more thing.', 'I am back. How can I help you?'])
    expect(read()[2]).toBe('Yes?')
    expect(read()[4]).toContain('needs a person')
    expect(slack.threads).toBe(1)
  })

  it('comes back when nobody answers in time, and the customer is told so; after an answer silence is no apology', async () => {
    let clock = Date.now()
    const { bot, customer, agent, heard, read } = setUp({ now: () => clock, handoffMinutes: 5 })
    await running(bot, async () => {
      await customer('human')
      clock += 6 * 60_000
      await expect.poll(heard, { timeout: 10_000 }).toHaveLength(2)
      expect(heard()[1]).toContain('no colleague was free in time')
      await customer('human')
      await agent('Here I am.')
      clock += 6 * 60_000
      await expect.poll(heard, { timeout: 10_000 }).toHaveLength(5)
      await expect.poll(read).toHaveLength(4)
    })
    expect(heard().slice(3)).toEqual(['Mia: Here I am.', 'I am back. How can I help you?'])
  })

  it('comes back with the customer’s own message, where that is the first to come after the time', async () => {
    let clock = Date.now()
    const { bot, customer, heard, read } = setUp({ now: () => clock, handoffMinutes: 5 })
    await running(bot, async () => {
      await customer('human')
      // Not a moment for the sweep in between.
      clock += 6 * 60_000
      await customer('refund')
      await expect.poll(heard).toHaveLength(3)
      await expect.poll(read).toHaveLength(2)
    })
    expect(heard().slice(1)).toEqual([expect.stringContaining('no colleague was free'), 'Which email?'])
  })

  it('has a thread of its own for each customer', async () => {
    const { bot, customer, agent, heard, read, phone } = setUp()
    const bert = { conversation: 'phone:bert', person: 'phone:bert', address: { to: 'bert' } }
    await running(bot, async () => {
      await customer('human')
      await expect.poll(read).toHaveLength(1)
      await customer('human', bert)
      await expect.poll(() => read(2)).toHaveLength(1)
      await customer('I am Bert.', bert)
      await agent('Hello Anna.')
      await agent('Hello Bert.', {}, 2)
      await expect.poll(() => phone.at({ to: 'bert' })).toHaveLength(2)
      await expect.poll(() => read(2)).toHaveLength(2)
    })
    expect(heard().slice(1)).toEqual(['Mia: Hello Anna.'])
    expect(phone.at({ to: 'bert' }).slice(1)).toEqual(['Mia: Hello Bert.'])
    expect(read(2)[1]).toBe('I am Bert.')
  })

  it('shows each message once, however often the services deliver it', async () => {
    const { bot, message, written, heard, read } = setUp()
    await running(bot, async () => {
      const said = [message({ text: 'human' }), message({ text: 'Hello?' }), written('Hello.'), written('/done')]
      for (const one of said) for (let times = 0; times < 3; times++) await bot.receive(one)
      await Promise.all([...said, ...said].map((one) => bot.receive(one)))
      await expect.poll(read).toHaveLength(3)
    })
    expect(heard().slice(1)).toEqual(['Mia: Hello.', 'I am back. How can I help you?'])
    expect(read().slice(1)).toEqual(['Hello?', expect.stringContaining('again')])
  })

  it('goes on after a restart, wherever that comes: nothing is lost, and nothing is said twice', async () => {
    const store = memory()
    const [phone, slack] = [new Room('phone'), new Room('slack')]
    const first = setUp({ store }, phone, slack)
    slack.down = true
    await running(first.bot, async () => {
      await first.customer('human')
      await first.customer('Anybody?')
      await expect.poll(first.heard).toHaveLength(1)
    })
    // The customer has heard it; a channel that cannot tell a repeated id must not be asked to say it again.
    const [heard] = phone.shown.splice(0)
    expect(heard?.message.parts).toHaveLength(1)
    slack.down = false
    const second = setUp({ store, now: () => Date.now() + 10_000 }, phone, slack)
    await running(second.bot, () =>
      expect
        .poll(second.read, { timeout: 15_000 })
        .toHaveLength(2)
        .then(() => {}),
    )
    expect(phone.shown).toEqual([])
    const third = setUp({ store }, phone, slack)
    await running(third.bot, async () => {
      await third.agent('Here I am.', { id: 'a1' })
      await third.agent('Here I am.', { id: 'a1' })
      await third.customer('Finally.', { id: 'c1' })
      await expect.poll(third.read).toHaveLength(3)
    })
    expect(third.heard()).toEqual(['Mia: Here I am.'])
    expect(third.read()[2]).toBe('Finally.')
    expect(slack.threads).toBe(1)
  })

  it('says once what an agent has written, also where the process dies between the customer’s half and the thread’s', async () => {
    const store = memory()
    const { bot, customer, written, heard } = setUp({ store })
    const save = store.save.bind(store)
    let dies = false
    store.save = async (commit) => {
      if (dies && commit.document.id === 'slack:thread1') throw new Error('killed')
      return save(commit)
    }
    await running(bot, async () => {
      await customer('human')
      await expect.poll(async () => (await store.load('desk:phone:anna'))?.version).toBe(1)
      dies = true
      const hello = written('Hello.')
      await expect(bot.receive(hello)).rejects.toThrow('killed')
      dies = false
      await bot.receive(hello)
      await expect.poll(heard).toHaveLength(2)
      await customer('Hi.')
    })
    expect(heard()).toEqual([expect.stringContaining('passing you on'), 'Mia: Hello.'])
  })

  it('is handed over within one channel just as well', async () => {
    const slack = new Room('slack')
    const { bot, customer, agent, heard, read } = setUp({}, slack, slack)
    const self = { channel: 'slack', conversation: 'slack:D1', person: 'slack:U2' }
    await running(bot, async () => {
      await customer('human', self)
      await agent('Hello.')
      await customer('Hi Mia.', self)
      await expect.poll(read).toHaveLength(2)
      await expect.poll(heard).toHaveLength(2)
    })
    expect(heard()[1]).toBe('Mia: Hello.')
    expect(read()[1]).toBe('Hi Mia.')
  })

  it('is no business of the bot’s where people talk in threads that it has not opened', async () => {
    const { bot, agent, slack, phone } = setUp()
    await running(bot, () => agent('Lunch?', {}, 7))
    expect([...slack.shown, ...phone.shown]).toEqual([])
  })

  it('is forgotten with its thread: nothing of the person is left, and what is written there reaches nobody', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'colloquy-handoff-'))
    const store = sqlite(join(folder, 'bot.db'))
    const { bot, customer, agent, heard, read } = setUp({ store, sinks: [fileSink(join(folder, 'log.jsonl'))] })
    const raw = () =>
      readdirSync(folder)
        .map((name) => readFileSync(join(folder, name), 'latin1'))
        .join()
    await running(bot, async () => {
      await customer('human', { name: 'Annegret' })
      await customer('Zauberwort')
      await agent('Abrakadabra')
      await expect.poll(read).toHaveLength(2)
      await expect.poll(raw).toMatch(/Zauberwort[\s\S]*Abrakadabra/)
      expect((await bot.export('phone:anna')).conversations.map(({ id }) => id).sort()).toEqual([
        'desk:phone:anna',
        'phone:anna',
        'slack:thread1',
      ])
      await bot.forget('phone:anna')
      expect(raw()).not.toMatch(/Annegret|phone:anna|thread1|Zauberwort|Abrakadabra/)
      await agent('Anna?')
      expect(heard()).toHaveLength(2)
    })
    expect(raw()).not.toMatch(/Annegret|phone:anna|thread1|Zauberwort|Abrakadabra|Anna\?/)
    rmSync(folder, { recursive: true })
  })

  it('tells whoever writes in the thread of a conversation that is no longer kept', async () => {
    const store = memory()
    const { bot, customer, agent, read } = setUp({ store })
    await running(bot, async () => {
      await customer('human')
      await expect.poll(async () => (await store.load('desk:phone:anna'))?.version).toBe(1)
      const thread = await store.load('slack:thread1')
      await store.forget(['phone:anna'])
      if (thread) await store.save({ document: thread.document, expected: 0, events: [] })
      await agent('Anna?')
      await expect.poll(read).toHaveLength(2)
    })
    expect(read()[1]).toContain('no longer kept')
  })
})

describe('a desk', () => {
  it('reads its own language, whatever the customer speaks', async () => {
    const { bot, customer, agent, heard, read } = setUp({ desk: { channel: 'slack', room: 'C1', locale: 'zh' } })
    await running(bot, async () => {
      await customer('human')
      await agent('/done')
      await expect.poll(read).toHaveLength(2)
      await expect.poll(heard).toHaveLength(2)
    })
    expect(read()).toEqual([expect.stringContaining('需要人工'), expect.stringContaining('机器人已重新接手')])
    expect(heard()[1]).toContain('I am back')
  })

  it('on a channel that the bot has not, or that has no threads, is refused at once', () => {
    expect(() => setUp({ desk: { channel: 'fax', room: '1' } })).toThrow(/none of the bot's channels/)
    const mute: Channel = { name: 'mute', async start() {}, async stop() {}, async send() {} }
    expect(() => setUp({ channels: [mute], desk: { channel: 'mute', room: '1' } })).toThrow(/has no threads/)
  })
})
