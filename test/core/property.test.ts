import {
  type Bot,
  type BotOptions,
  type Channel,
  createBot,
  dialog,
  type Json,
  memory,
  type Slots,
  slot,
} from '@colloquy/core'
import { byPattern, type Chat, chat, type Heard } from '@colloquy/core/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const NAMES = ['a', 'b', 'c', 'd', 'e'] as const
type Name = (typeof NAMES)[number]
const intents = { order: /order/, weather: /weather/ }

/** One version of a dialog: what it asks for, in which order, with how many lookups before each question. */
interface Version {
  order: Name[]
  steps: number
}

interface World {
  /** What was ordered, by idempotency key. */
  effects: Map<string, Json>
  calls: number
}

const weather = dialog({ name: 'weather', start: 'weather', run: (d) => d.say('Sunny.') })

function deployed({ order, steps }: Version, world: World, more: Partial<BotOptions> = {}): Bot {
  const slots = Object.fromEntries(
    // Half of the slots are told apart by their looks; the others are of one kind, and only the question tells.
    order.map((name) => [
      name,
      name < 'd'
        ? slot.pattern(new RegExp(`\\b${name}\\d{3}\\b`), { ask: `${name}?` })
        : slot.text({ ask: `${name}?` }),
    ]),
  ) as Slots
  const main = dialog({
    name: 'main',
    title: 'Order',
    start: 'order',
    slots,
    async run(d) {
      const given: Record<string, Json> = {}
      for (const name of order) {
        given[name] = await d.ask(name)
        for (let n = 0; n < steps; n++) await d.step(`look up ${name} ${n}`, given[name], (value) => value)
      }
      if (!(await d.confirm('sure', `Order ${JSON.stringify(given)}?`))) return d.stop('Left it.')
      await d.commit('order', given, (input, once) => {
        world.calls++
        world.effects.set(once.key, input)
      })
      d.say('Ordered.')
    },
  })
  return createBot({ dialogs: [main, weather], classifier: byPattern(intents), store: memory(), channels: [], ...more })
}

const version: fc.Arbitrary<Version> = fc.record({
  order: fc.shuffledSubarray([...NAMES], { minLength: NAMES.length }),
  steps: fc.nat(2),
})
const value = fc.integer({ min: 100, max: 999 })
const act = fc.oneof(
  fc.record({
    type: fc.constant('answer' as const),
    value,
    extra: fc.option(fc.record({ name: fc.constantFrom('a', 'b', 'c'), value })),
  }),
  fc.record({ type: fc.constant('correct' as const), name: fc.constantFrom('a', 'b', 'c'), value }),
  fc.record({ type: fc.constant('digress' as const) }),
  fc.record({ type: fc.constant('nonsense' as const) }),
  fc.record({ type: fc.constant('deploy' as const), version }),
)
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never

/** Plays a customer, and keeps a model of what every slot should hold. */
async function play(t: Pick<Chat, 'deploy'> & Talker, acts: Act[], deploy: (version: Version) => Bot) {
  const expected: Partial<Record<string, string>> = {}
  const transcript: Heard[] = []
  let asked = ''
  const hear = (heard: Heard[]) => {
    transcript.push(...heard)
    asked = heard.filter((one) => typeof one === 'string' && one.endsWith('?')).at(-1) as string
  }
  const answer = async (digits: number, extra?: { name: string; value: number } | null) => {
    const name = asked[0] as Name
    if (asked.length > 2) return hear(await t.user('yes'))
    const patterned = name < 'd'
    const said = [`${name}${digits}`]
    expected[name] = `${name}${digits}`
    if (patterned && extra && extra.name !== name && !(extra.name in expected)) {
      said.push(`${extra.name}${extra.value}`)
      expected[extra.name] = `${extra.name}${extra.value}`
    }
    hear(await t.user(said.join(' and ')))
  }
  hear(await t.user('order'))
  for (const one of acts) {
    if (one.type === 'deploy') t.deploy(deploy(one.version))
    else if (one.type === 'digress') hear(await t.user('how is the weather'))
    else if (one.type === 'answer' && asked.length === 2) await answer(one.value, one.extra)
    else if (one.type === 'nonsense' && asked[0] && asked[0] < 'd') {
      hear(await t.user('blub'))
      hear(await t.user('how is the weather'))
    } else if (one.type === 'correct' && one.name in expected && asked[0] !== one.name) {
      expected[one.name] = `${one.name}${one.value}`
      hear(await t.user(`sorry, I meant ${one.name}${one.value}`))
    }
  }
  for (let n = 0; n < 20 && transcript.at(-1) !== 'Ordered.'; n++) await answer(111 + n)
  return { expected, transcript }
}

interface Talker {
  user(text: string): Promise<Heard[]>
}

/** The same customer with a bot that nothing disturbs: one process, every message delivered once. */
async function calmly(first: Version, acts: Act[]) {
  const world: World = { effects: new Map(), calls: 0 }
  const heard: Heard[] = []
  const channel: Channel = {
    name: 'test',
    async start() {},
    async stop() {},
    async send(_address, { parts }) {
      for (const part of parts) {
        if (part.type === 'text') heard.push(part.text)
        if (part.type === 'choices') heard.push(part.choices.map((one) => one.label))
      }
    },
  }
  const store = memory()
  const make = (version: Version) => deployed(version, world, { store, channels: [channel] })
  let bot = make(first)
  let count = 0
  const talker = {
    deploy: (next: Bot) => {
      bot = next
    },
    async user(text: string) {
      heard.length = 0
      const id = `m${++count}`
      await bot.receive({ id, channel: 'test', conversation: 'c', person: 'anna', text, address: null })
      await bot.stop()
      return [...heard]
    },
  }
  return play(talker, acts, make)
}

describe('whatever customers and deploys do', () => {
  it('every value stays in its slot, and a commit takes effect once', async () => {
    await fc.assert(
      fc.asyncProperty(version, fc.array(act, { maxLength: 12 }), async (first, acts) => {
        const world: World = { effects: new Map(), calls: 0 }
        const { expected, transcript } = await play(chat(deployed(first, world), { intents }), acts, (next) =>
          deployed(next, world),
        )
        expect(transcript.at(-1)).toBe('Ordered.')
        expect([...world.effects.values()]).toEqual([expected])
        expect(world.calls).toBe(1)
      }),
      { numRuns: 60 },
    )
  }, 120_000)

  it('the transcript is that of a run without restarts and second deliveries', async () => {
    await fc.assert(
      fc.asyncProperty(version, fc.array(act, { maxLength: 10 }), async (first, acts) => {
        const world: World = { effects: new Map(), calls: 0 }
        const hostile = await play(chat(deployed(first, world), { intents }), acts, (next) => deployed(next, world))
        expect(hostile.transcript).toEqual((await calmly(first, acts)).transcript)
      }),
      { numRuns: 30 },
    )
  }, 120_000)

  it('the document stays small, however long people talk', async () => {
    const world: World = { effects: new Map(), calls: 0 }
    const bot = deployed({ order: ['a', 'b', 'c', 'd', 'e'], steps: 1 }, world)
    const t = chat(bot, { intents })
    await t.user('order')
    const sizes: number[] = []
    for (let n = 0; n < 120; n++) {
      await t.user(n % 3 === 0 ? 'a123' : n % 3 === 1 ? `sorry, I meant a${100 + n}` : 'how is the weather')
      sizes.push(await t.size())
    }
    expect(Math.max(...sizes.slice(60))).toBeLessThanOrEqual(Math.max(...sizes.slice(0, 60)) * 1.1)
  }, 60_000)
})
