import type { Bot } from '../bot.js'
import type { LogEvent } from '../log/event.js'
import { plainText } from '../message.js'
import { memory } from '../store/memory.js'
import { live } from './live.js'

/** What a customer did, or, without `said`, that time passed; and what the bot said then, a plain text a message. */
export interface ScriptTurn {
  said?: { text: string; choice?: string; fields?: Record<string, string> }
  /** In milliseconds since 1970, where it is known. */
  at?: number
  heard: string[]
}

/** A conversation that can be played against a bot. */
export interface Script {
  conversation: string
  person: string
  channel: string
  turns: ScriptTurn[]
}

/** Where a bot no longer says what a script has. */
export interface Difference {
  /** Counted from 1. */
  turn: number
  said?: string
  expected: string[]
  heard: string[]
}

/** The conversations in a log, in the order in which they began. What a person said instead of the bot is left out. */
export function scriptsOf(events: Iterable<LogEvent>): Script[] {
  const scripts = new Map<string, Script>()
  for (const event of events) {
    const { conversation, person, channel, at } = event
    const script = scripts.get(conversation) ?? { conversation, person, channel, turns: [] }
    scripts.set(conversation, script)
    if (event.type === 'customer') {
      const { text, choice, fields } = event
      const said = { text, ...(choice !== undefined && { choice }), ...(fields && { fields }) }
      script.turns.push({ said, at, heard: [] })
    } else if (event.type === 'bot' && event.message.speaker === undefined) {
      // All that a turn does is logged with one time: what has another one was said of the bot's own accord.
      const last = script.turns.at(-1)
      if (last?.at === at) last.heard.push(plainText(event.message.parts))
      else script.turns.push({ at, heard: [plainText(event.message.parts)] })
    }
  }
  return [...scripts.values()]
}

/**
 * Plays a conversation against a bot, on its logged times and a store of its own, and finds the first turn in which the
 * bot says something else. The bot is the real one: give it stand-ins for the services that its commits change.
 *
 * @returns undefined where nothing differs.
 * @example
 * ```ts
 * for (const script of scriptsOf(events)) expect(await replay(bot, script)).toBeUndefined()
 * ```
 */
export async function replay(
  bot: Bot,
  { conversation, person, channel, turns }: Script,
): Promise<Difference | undefined> {
  const store = memory()
  let clock = Date.now()
  const stage = { name: channel, async start() {}, async send() {}, async stop() {} }
  // The people at the desk and the readers of the log have heard it all before.
  const silent = { desk: { async relay() {} }, sinks: [] }
  const options = { ...bot.options, ...silent, store, channels: [stage], now: () => clock }
  let logged = 0
  for (const [n, { said, at, heard: expected }] of turns.entries()) {
    clock = at ?? clock
    await live(options, said && { id: `replay${n}`, channel, conversation, person, address: null, ...said })
    const events = await store.history(conversation, Number.MAX_SAFE_INTEGER)
    const heard = scriptsOf(events.slice(logged)).flatMap((script) => script.turns.flatMap((turn) => turn.heard))
    logged = events.length
    if (heard.length !== expected.length || heard.some((text, i) => text !== expected[i])) {
      return { turn: n + 1, ...(said && { said: said.text }), expected, heard }
    }
  }
  return undefined
}
