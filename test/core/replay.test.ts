import { type Bot, createBot, dialog, type LogEvent, memory, slot } from '@colloquy/core'
import { byPattern, replay, scriptsOf } from '@colloquy/core/testing'
import { describe, expect, it } from 'vitest'

const HOUR = 3_600_000

function shop(thanks = 'Sent to'): Bot {
  const parcel = dialog({
    name: 'parcel',
    title: 'Send a parcel',
    start: 'send',
    remind: '1h',
    slots: {
      size: slot.choice(['small', { value: 'large', label: 'Very large' }], { ask: 'Which size?' }),
      email: slot.email({ ask: 'Which email?', pii: true }),
    },
    async run(d) {
      const size = await d.ask('size')
      const email = await d.ask('email')
      d.say([
        { type: 'text', text: `${thanks} ${email}.` },
        { type: 'card', title: size, choices: [{ label: 'Track', value: 't' }] },
      ])
    },
  })
  return createBot({ dialogs: [parcel], classifier: byPattern({ send: /send/ }), store: memory(), channels: [] })
}

/** Talks to a bot at the given hours; a message that begins with `=` presses a choice, and `null` lets time pass. */
async function talk(bot: Bot, said: [hour: number, text: string | null][]): Promise<LogEvent[]> {
  const store = memory()
  let now = 0
  const channel = { name: 'web', async start() {}, async send() {}, async stop() {} }
  for (const [n, [hour, text]] of said.entries()) {
    now = Date.UTC(2026, 10, 2) + hour * HOUR
    const running = createBot({ ...bot.options, store, channels: [channel], now: () => now })
    await running.start()
    const message = { id: `m${n}`, channel: 'web', conversation: 'web:a', person: 'anna', address: null }
    if (text?.startsWith('=')) await running.receive({ ...message, text: '', choice: text.slice(1) })
    else if (text !== null) await running.receive({ ...message, text })
    await running.stop()
  }
  const events: LogEvent[] = []
  for await (const event of store.events()) events.push(event)
  return events
}

const said: [number, string | null][] = [
  [0, 'send a parcel'],
  [0.1, '=large'],
  [1.2, null],
  [1.5, 'anna@example.com'],
]

describe('a replay', () => {
  it('finds no difference in a bot that is the same, with buttons and reminders', async () => {
    const scripts = scriptsOf(await talk(shop(), said))
    expect(scripts).toMatchObject([{ conversation: 'web:a', person: 'anna', channel: 'web' }])
    expect(scripts[0]?.turns.map(({ said, heard }) => [said?.choice ?? said?.text, heard.length])).toEqual([
      ['send a parcel', 1],
      ['large', 1],
      [undefined, 2],
      ['[email]', 1],
    ])
    // A log masks what is personal: whoever replays it puts something in its place.
    const [script] = scripts
    if (!script?.turns[3]) throw new Error('The conversation has four turns.')
    script.turns[3].said = { text: 'bea@example.com' }
    expect(await replay(shop(), script)).toBeUndefined()
  })

  it('finds the first turn in which a bot says something else', async () => {
    const [script] = scriptsOf(await talk(shop('Gone to'), [said[0], said[1], [0.2, 'bea@example.com']] as typeof said))
    if (!script?.turns[2]) throw new Error('The conversation has three turns.')
    script.turns[2].said = { text: 'bea@example.com' }
    expect(await replay(shop(), script)).toEqual({
      turn: 3,
      said: 'bea@example.com',
      expected: ['Gone to [email].\nlarge\n[Track]'],
      heard: ['Sent to [email].\nlarge\n[Track]'],
    })
  })

  it('finds silence where something was said, and speech where nothing was', async () => {
    const [script] = scriptsOf(await talk(shop(), said.slice(0, 3)))
    if (!script) throw new Error('There is a conversation.')
    const silent = { ...script, turns: script.turns.map((turn, n) => (n === 1 ? { ...turn, heard: [] } : turn)) }
    expect(await replay(shop(), silent)).toMatchObject({ turn: 2, expected: [], heard: ['Which email?'] })
    const early = {
      ...script,
      turns: script.turns.map((turn) => (turn.said ? turn : { ...turn, at: (turn.at ?? 0) - HOUR })),
    }
    expect(await replay(shop(), early)).toMatchObject({
      turn: 3,
      expected: [expect.any(String), 'Which email?'],
      heard: [],
    })
  })

  it('keeps conversations apart, and leaves out what a person said', async () => {
    const common = { person: 'anna', channel: 'web' }
    const say = (conversation: string, at: number, text: string, more = {}): LogEvent => ({
      ...common,
      conversation,
      at,
      id: `${conversation}.${at}.${text}`,
      type: 'bot',
      message: { id: 'x', parts: [{ type: 'text', text }], ...more },
    })
    const ask = (conversation: string, at: number, text: string): LogEvent => ({
      ...common,
      conversation,
      at,
      id: `${conversation}.${at}`,
      type: 'customer',
      message: 'm',
      text,
      decision: 'open',
    })
    const scripts = scriptsOf([
      ask('a', 1, 'one'),
      ask('b', 1, 'two'),
      say('a', 1, 'A'),
      say('b', 1, 'B'),
      say('a', 2, 'Kim here', { speaker: 'Kim' }),
      say('b', 3, 'Still there?'),
    ])
    expect(scripts.map(({ turns }) => turns)).toEqual([
      [{ said: { text: 'one' }, at: 1, heard: ['A'] }],
      [
        { said: { text: 'two' }, at: 1, heard: ['B'] },
        { at: 3, heard: ['Still there?'] },
      ],
    ])
  })
})
