import {
  type Bot,
  createBot,
  type Dialog,
  dialog,
  type IncomingMessage,
  memory,
  type Store,
  slot,
} from '@colloquy/core'
import { byPattern } from '@colloquy/core/testing'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'

const log = pino({ level: 'silent' })
const classifier = byPattern({ order: /order/, slow: /slow/, echo: /./ })

/** A channel that keeps what it was given, and refuses while `down`. */
function recorder() {
  const sent: { id: string; text: string }[] = []
  const channel = {
    name: 'test',
    down: false,
    async start() {},
    async stop() {},
    async send(_address: unknown, { id, parts }: { id: string; parts: { type: string }[] }) {
      if (channel.down) throw new Error('the remote service is down')
      for (const part of parts) if ('text' in part) sent.push({ id, text: String(part.text) })
    },
  }
  return { channel, sent, texts: () => sent.map((one) => one.text) }
}

const echo = dialog({ name: 'echo', start: 'echo', run: (d) => d.say(`heard ${d.person}`) })

function botOf(store: Store, dialogs: Dialog[], channel: ReturnType<typeof recorder>['channel']): Bot {
  return createBot({ dialogs, classifier, store, channels: [channel], log })
}

let count = 0
const message = (text: string, more: Partial<IncomingMessage> = {}): IncomingMessage => ({
  id: `m${++count}`,
  channel: 'test',
  conversation: 'c',
  person: 'anna',
  text,
  address: null,
  ...more,
})

async function until(reached: () => boolean): Promise<void> {
  while (!reached()) await new Promise((resolve) => setTimeout(resolve, 5))
}

describe('a bot', () => {
  it('gives every one of many messages that come within 5 ms its turn, in order', async () => {
    const { channel, texts } = recorder()
    const heard: string[] = []
    const note = dialog({
      name: 'order',
      start: 'order',
      slots: { n: slot.number({ ask: 'Which?' }) },
      async run(d) {
        const n = await d.ask('n')
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 5))
        heard.push(String(n))
        d.say(`Noted ${n}.`)
      },
    })
    const bot = botOf(memory(), [note], channel)
    await bot.start()
    const numbers = Array.from({ length: 20 }, (_, n) => n)
    await Promise.all(numbers.map((n) => bot.receive(message(`order ${n}`))))
    await bot.stop()
    expect(heard).toEqual(numbers.map(String))
    expect(texts()).toEqual(numbers.map((n) => `Noted ${n}.`))
  })

  it('acknowledges a slow turn before it ends, and another process finishes it after a crash', async () => {
    const store = memory()
    let stuck = true
    const slow = dialog({
      name: 'slow',
      start: 'slow',
      async run(d) {
        await d.step('work', {}, () => (stuck ? new Promise<void>(() => {}) : undefined))
        d.say('At last.')
      },
    })
    const dead = recorder()
    await botOf(store, [slow], dead.channel).receive(message('slow'))
    expect(dead.sent).toEqual([])
    stuck = false
    const { channel, texts } = recorder()
    const second = botOf(store, [slow], channel)
    await second.start()
    await until(() => texts().length > 0)
    await second.stop()
    expect(texts()).toEqual(['At last.'])
    expect(await store.waiting('c', 9)).toEqual([])
  })

  it('handles a redelivered message whose first try failed half way', async () => {
    const inner = memory()
    let failing = true
    const store: Store = {
      ...inner,
      async save(commit) {
        if (failing) throw new Error('disk full')
        return inner.save(commit)
      },
    }
    const { channel, texts } = recorder()
    const bot = botOf(store, [echo], channel)
    await bot.start()
    const hi = message('hi there you')
    await expect(bot.receive(hi)).rejects.toThrow('disk full')
    failing = false
    await bot.receive(hi)
    await bot.receive(hi)
    await bot.stop()
    expect(texts()).toEqual(['heard anna'])
  })

  it('sends what a channel refused once it is back, before what came later, with the same id', async () => {
    const store = memory()
    const { channel, sent, texts } = recorder()
    const counting = dialog({
      name: 'order',
      start: 'order',
      slots: { n: slot.number({ ask: '?' }) },
      run: async (d) => d.say(`Noted ${await d.ask('n')}.`),
    })
    const bot = botOf(store, [counting], channel)
    await bot.start()
    channel.down = true
    await bot.receive(message('order 1'))
    channel.down = false
    await bot.receive(message('order 2'))
    await until(() => sent.length === 2)
    await bot.stop()
    expect(texts()).toEqual(['Noted 1.', 'Noted 2.'])
  })

  it('sends at its next start what a dead process had saved but not sent', async () => {
    const store = memory()
    const first = recorder()
    first.channel.down = true
    const dead = botOf(store, [echo], first.channel)
    await dead.receive(message('hello you'))
    const { channel, texts } = recorder()
    const second = botOf(store, [echo], channel)
    await second.start()
    await until(() => texts().length > 0)
    await second.stop()
    expect(texts()).toEqual(['heard anna'])
  })

  it('starts a turn over when another process was faster', async () => {
    const inner = memory()
    const { channel, texts } = recorder()
    let raced = false
    const store: Store = {
      ...inner,
      async save(commit) {
        if (!raced) {
          raced = true
          await botOf(inner, [echo], recorder().channel).receive(message('from the other process'))
        }
        return inner.save(commit)
      },
    }
    const bot = botOf(store, [echo], channel)
    await bot.receive(message('from this process'))
    await until(() => texts().length > 0)
    expect((await inner.load('c'))?.document.seen).toHaveLength(2)
  })

  it('keeps the message of a conversation that a newer version has written, says so, and answers it later', async () => {
    const inner = memory()
    let format = 2
    const store: Store = {
      ...inner,
      async load(conversation) {
        const stored = await inner.load(conversation)
        if (stored) Object.assign(stored.document, { format })
        return stored
      },
    }
    const { channel, texts } = recorder()
    const bot = botOf(store, [echo], channel)
    await botOf(inner, [echo], recorder().channel).receive(message('hello you'))
    await bot.receive(message('are you there'))
    expect(texts()).toEqual([expect.stringContaining('kept your message')])
    format = 1
    const updated = botOf(inner, [echo], channel)
    await updated.start()
    await until(() => texts().includes('heard anna'))
    await updated.stop()
    expect(await inner.waiting('c', 9)).toEqual([])
  })

  it('works off a backlog of 100,000 messages in order, and loses none when it is stopped half way', async () => {
    const store = memory()
    for (let n = 0; n < 100_000; n++) await store.append(message('hello you', { id: `b${n}` }), 0)
    const { channel, sent } = recorder()
    const bot = botOf(store, [echo], channel)
    await bot.start()
    await until(() => sent.length > 200)
    await bot.stop()
    expect((await store.waiting('c', 1))[0]?.id).toBe(`b${sent.length}`)
    expect(await store.waiting('c', 200_000)).toHaveLength(100_000 - sent.length)
  })

  it.each([
    ['no id', { id: '' }],
    ['text that is a number', { text: 5 as unknown as string }],
    ['no conversation', { conversation: undefined as unknown as string }],
    ['an address that is no JSON', { address: (() => 1) as unknown as null }],
  ])('refuses a message with %s', async (_claim, wrong) => {
    const bot = botOf(memory(), [echo], recorder().channel)
    await expect(bot.receive(message('hello', wrong))).rejects.toMatchObject({ code: 'bad_message' })
  })

  it('answers a megabyte, an empty message and control characters', async () => {
    const store = memory()
    const { channel, texts } = recorder()
    const bot = botOf(store, [echo], channel)
    await bot.start()
    await bot.receive(message('x'.repeat(1_000_000)))
    await bot.receive(message('\u0000\u0007 \u001b'))
    await bot.receive(message('a\u0000b'))
    await bot.stop()
    expect(texts()).toEqual([
      expect.stringContaining('more than I can read'),
      expect.stringContaining('empty message'),
      'heard anna',
    ])
    expect(JSON.stringify(await store.history('c', 99)).length).toBeLessThan(20_000)
  })

  it('starts whole or not at all, and can be started again', async () => {
    const { channel, texts } = recorder()
    let [listening, down] = [0, true]
    const page = { ...channel, name: 'page', start: async () => void listening++, stop: async () => void listening-- }
    const slow = { ...channel, start: () => (down ? Promise.reject(new Error('no network')) : Promise.resolve()) }
    const bot = createBot({ dialogs: [echo], classifier, store: memory(), channels: [page, slow], log })
    await expect(bot.start()).rejects.toThrow('no network')
    expect(listening).toBe(0)
    down = false
    await bot.start()
    expect(listening).toBe(1)
    await bot.receive(message('echo'))
    await bot.stop()
    expect(texts()).toEqual(['heard anna'])
  })

  it('refuses dialogs that share a name or an intent, and intents that the classifier does not know', () => {
    const { channel } = recorder()
    const make =
      (...dialogs: Dialog[]) =>
      () =>
        botOf(memory(), dialogs, channel)
    expect(make(echo, echo)).toThrow(/Two dialogs are named "echo"/)
    expect(make(echo, dialog({ name: 'other', start: 'echo', run() {} }))).toThrow(/both start/)
    expect(make(dialog({ name: 'typo', start: 'ordre', run() {} }))).toThrow(/does not know "ordre"/)
  })
})
