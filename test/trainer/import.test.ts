import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Classifier, dialog, type LogEvent, type Part, slot } from '@colloquy/core'
import { sqlite } from '@colloquy/core/store/sqlite'
import { readExamples, readStore, type Transcript } from '@colloquy/trainer'
import { describe, expect, it } from 'vitest'
import { talk } from './bot.js'
import { colloquy, contents, folder } from './command.js'

/** A store whose log is just these events. */
async function storeOf(events: LogEvent[]): Promise<string> {
  const path = join(folder(), 'bot.db')
  const store = sqlite(path)
  await store.open()
  for (const id of new Set(events.map((event) => event.conversation))) {
    const state = {
      frames: [],
      nextFrame: 1,
      checkpoints: {},
      outbox: [],
      scheduled: [],
      last: [],
      misses: 0,
      seen: [],
    }
    const document = { format: 1 as const, id, channel: 'web', person: id, address: null, locale: 'en', ...state }
    await store.save({ document, expected: 0, events: events.filter((event) => event.conversation === id) })
  }
  await store.close()
  return path
}
const common = (conversation: string, at: number) => ({
  id: `${conversation}.${at}`,
  conversation,
  person: conversation,
  channel: 'web',
  at,
})
const asked = (conversation: string, at: number, text: string): LogEvent => ({
  ...common(conversation, at),
  type: 'customer',
  message: `${at}`,
  text,
  decision: 'fallback',
})
const answered = (conversation: string, at: number, parts: Part[]): LogEvent => ({
  ...common(conversation, at),
  type: 'bot',
  message: { id: `${at}`, parts },
})
async function all(path: string, since?: number): Promise<Transcript[]> {
  const found: Transcript[] = []
  for await (const transcript of readStore(path, since)) found.push(transcript)
  return found
}

describe('colloquy import', () => {
  it('writes what was said to a bot, what it thought and what it answered, and labels nothing', async () => {
    const dir = folder()
    const refund = dialog({
      name: 'refund',
      title: 'Refund an order',
      start: 'refund',
      slots: { order: slot.pattern(/\b\d{6}\b/, { ask: 'What is your order number?' }) },
      async run(d) {
        d.say(`Order ${await d.ask('order')} is refunded.`)
      },
    })
    const classifier: Classifier = {
      labels: ['refund', 'track'],
      async classify() {
        const ranking = [{ intent: 'refund', confidence: 0.875 }]
        return { intent: 'refund', confidence: 0.875, ranking, outOfScope: false, score: 5 }
      },
      async close() {},
    }
    const now = () => 1_795_600_000_500
    const bot = { dialogs: [refund], classifier, store: join(dir, 'bot.db'), now }
    const heard = await talk(bot, 'web:anna', ['I want my money back', '123456'])
    const { code, stdout } = await colloquy(['import', '--store', 'bot.db', '--out', 'said.jsonl'], dir)
    expect([code, stdout.split('\n')[0]]).toEqual([0, 'said.jsonl: 1 conversations with 2 customer turns.'])
    const written = readFileSync(join(dir, 'said.jsonl'), 'utf8')
    const source = expect.stringMatching(/^bot\.db#web:anna\.\d+\.e\d+$/)
    expect(JSON.parse(written)).toEqual({
      id: 'web:anna',
      channel: 'test',
      turns: [
        {
          role: 'customer',
          text: 'I want my money back',
          ts: 1_795_600_000.5,
          predicted: 'refund',
          confidence: 0.875,
          decision: 'open',
          outcome: { ended: 'finished', intent: 'refund' },
          source,
        },
        { role: 'agent', text: heard[0], ts: 1_795_600_000.5, source },
        { role: 'customer', text: '123456', ts: 1_795_600_000.5, decision: 'answer', source },
        { role: 'agent', text: heard[1], ts: 1_795_600_000.5, source },
      ],
    })
    for (const turn of JSON.parse(written).turns) expect(turn).not.toHaveProperty('intent')
    await expect(readExamples([join(dir, 'said.jsonl')])).rejects.toThrow('no customer turn carries an intent')
  })

  it('says which turns are worth labelling first, those before a thumb down among them', async () => {
    const up = { ...common('c', 5), type: 'feedback', value: 1, message: '4' } as const
    const path = await storeOf([
      { ...asked('c', 1, 'hello'), review: 'out_of_scope' } as LogEvent,
      answered('c', 2, [{ type: 'text', text: 'Sorry?' }]),
      asked('c', 3, 'my card'),
      answered('c', 4, [{ type: 'text', text: 'Frozen.' }]),
      { ...asked('c', 6, 'no!'), review: 'low_margin' } as LogEvent,
      up,
      { ...up, id: 'down', at: 7, value: -1 },
    ])
    const reviews = (await all(path)).flatMap(({ turns }) => turns.map(({ review }) => review))
    expect(reviews).toEqual(['out_of_scope', undefined, 'thumbs_down', undefined, 'low_margin'])
  })

  it('takes a conversation whole when some of it is recent enough', async () => {
    const path = await storeOf([
      asked('old', 1000, 'hello'),
      asked('both', 1500, 'first'),
      asked('both', 2500, 'second'),
      asked('new', 3000, 'hi'),
    ])
    expect((await all(path, 2000)).map(({ id, turns }) => [id, turns.length])).toEqual([
      ['both', 2],
      ['new', 1],
    ])
    expect(await all(path)).toHaveLength(3)
  })

  it('keeps conversations apart that went on at the same time, however long the log', async () => {
    const events = Array.from({ length: 1500 }, (_, i) => asked(`c${i % 3}`, i, `message ${i}`))
    const found = await all(await storeOf(events))
    expect(found.map(({ turns }) => turns.length)).toEqual([500, 500, 500])
    expect(found[1]?.turns[499]).toMatchObject({ text: 'message 1498', ts: 1.498 })
  })

  it('writes every part of an answer as text', async () => {
    const choices = [
      { label: 'Yes', value: 'y' },
      { label: 'No', value: 'n' },
    ]
    const parts: Part[] = [
      { type: 'text', text: 'Sure?' },
      { type: 'choices', choices },
      { type: 'card', title: 'Card', text: 'Blue', choices },
      { type: 'image', url: 'https://example.com/a.png', alt: 'A map' },
      { type: 'file', url: 'https://example.com/a.pdf', name: 'terms.pdf' },
      { type: 'list', items: ['one', 'two'] },
    ]
    const [found] = await all(await storeOf([asked('c', 1, 'hi'), answered('c', 2, parts)]))
    expect(found?.turns[1]?.text).toBe('Sure?\n[Yes] [No]\nCard\nBlue\n[Yes] [No]\nA map\nterms.pdf\n- one\n- two')
  })

  it.each([
    ['a store that is not there', [], /bot\.db: there is no such file/],
    ['a date that is none', ['--since', 'yesterday'], /must be a date such as/],
  ])('refuses %s', async (_, args, message) => {
    const dir = folder()
    const { code, stderr } = await colloquy(['import', '--store', 'bot.db', ...args], dir)
    expect(stderr).toMatch(message)
    expect([code, contents(dir)]).toEqual([2, []])
  })

  it('refuses a file that is no store, and a store without conversations, and writes nothing', async () => {
    const dir = folder()
    writeFileSync(join(dir, 'notes.txt'), 'not a database, but long enough to be looked at '.repeat(50))
    const { code, stderr } = await colloquy(['import', '--store', 'notes.txt'], dir)
    expect(stderr).toMatch(/notes\.txt.*not a database/)
    expect([code, contents(dir)]).toEqual([2, ['notes.txt']])
    const empty = await colloquy(['import', '--store', await storeOf([])], dir)
    expect(empty.stderr).toMatch(/no conversation in which a customer says something/)
    expect([empty.code, contents(dir)]).toEqual([2, ['notes.txt']])
  })

  it('never touches a file that may hold labels', async () => {
    const dir = folder()
    writeFileSync(join(dir, 'conversations.jsonl'), 'my labels')
    const { code, stderr } = await colloquy(['import', '--store', await storeOf([asked('c', 1, 'hi')])], dir)
    expect(stderr).toMatch(/conversations\.jsonl exists and may hold labels/)
    expect([code, readFileSync(join(dir, 'conversations.jsonl'), 'utf8')]).toEqual([2, 'my labels'])
  })
})
