import assert from 'node:assert/strict'
import type { Bot } from '../bot.js'
import type { Channel } from '../channel.js'
import { type Duration, milliseconds } from '../duration.js'
import type { LogEvent } from '../log/event.js'
import type { Choice, IncomingMessage, OutgoingMessage, Part } from '../message.js'
import { memory } from '../store/memory.js'
import { byPattern } from './by-pattern.js'
import { live } from './live.js'

/** A text, a pattern, or the labels of the choices under the text before it. */
export type Expected = string | RegExp | string[]
/** What the bot said: its texts, and the labels of choices, in order. */
export type Heard = string | string[]

/** What {@link chat} takes. */
export interface ChatOptions {
  /** Which words mean which intent. Without it the bot's own classifier is asked. */
  intents?: Record<string, RegExp>
  person?: string
  locale?: string
  /** What the channel shows besides what all do: the labels of a form's fields and thumbs are then part of what is heard. */
  shows?: readonly ('form' | 'feedback')[]
  /** Told of what the bot shows of a text before it says it. */
  typing?(soFar: string): void
}

/** What a customer did, and what came of it. */
export interface Exchange extends Promise<Heard[]> {
  /** Fails unless the bot said exactly this; nothing for silence. */
  bot(...expected: Expected[]): Promise<void>
}

/** One conversation of a test. */
export interface Chat {
  /** The customer types. */
  user(text: string): Exchange
  /** The customer presses a choice that the bot offered last, or 👍 or 👎 where it asked for thumbs. */
  press(label: string): Exchange
  /** The customer fills in the form that the bot has shown: values by the names of the fields. */
  submit(fields: Record<string, string>): Exchange
  /** Time passes: what the bot says of its own accord meanwhile. */
  wait(duration: Duration): Exchange
  /** From now on the conversation goes on with another version of the bot. */
  deploy(bot: Bot): void
  /** All that was logged. */
  log(): Promise<LogEvent[]>
  /** Characters that the conversation document takes as JSON. */
  size(): Promise<number>
}

/**
 * Talks to a bot, the hostile way: before every message the bot is made anew from its stored state, every message is
 * delivered twice, and the second delivery must change nothing.
 *
 * @example
 * ```ts
 * const t = chat(bot, { intents: { request_refund: /refund/ } })
 * await t.user('refund order 123456').bot('What went wrong?', ['damaged', 'late', 'other'])
 * await t.press('late').bot('Done.')
 * ```
 */
export function chat(first: Bot, options: ChatOptions = {}): Chat {
  const { intents, person = 'test:anna', locale, shows = [] } = options
  const conversation = `${person}:chat`
  const store = memory()
  const sent: OutgoingMessage[] = []
  let bot = first
  let clock = Date.now()
  let offered: Choice[] = []
  /** The message that asked for thumbs last. */
  let rated: string | undefined
  let count = 0

  /** A process that lives for one message. */
  async function run(message?: IncomingMessage): Promise<OutgoingMessage[]> {
    sent.length = 0
    const channel: Channel = {
      name: 'test',
      async start() {},
      async stop() {},
      async typing(_address, soFar) {
        if (soFar) options.typing?.(soFar)
      },
      async send(_address, outgoing) {
        sent.push(outgoing)
      },
    }
    const labels = bot.options.dialogs.flatMap((one) => one.start)
    const classifier = intents ? byPattern(intents, labels) : bot.options.classifier
    await live({ ...bot.options, classifier, store, channels: [channel], now: () => clock }, message)
    return [...sent]
  }

  async function deliver(
    text: string,
    more: Pick<IncomingMessage, 'choice' | 'fields' | 'feedback'> = {},
  ): Promise<Heard[]> {
    const message: IncomingMessage = {
      id: `m${++count}`,
      channel: 'test',
      conversation,
      person,
      text,
      address: { test: true },
      ...more,
      ...(locale !== undefined && { locale }),
    }
    return twice(`"${text}"`, message)
  }

  async function twice(what: string, message?: IncomingMessage): Promise<Heard[]> {
    const messages = await run(message)
    const before = await store.load(conversation)
    const again = await run(message)
    assert.deepEqual(again, [], `${what} was delivered twice, and the bot answered the second time`)
    assert.deepEqual(await store.load(conversation), before, `${what} was delivered twice, and the state changed`)
    const parts = messages.flatMap((one) => one.parts)
    offered = parts.flatMap((part) => ('choices' in part ? (part.choices ?? []) : []))
    rated = messages.findLast((one) => one.parts.some((part) => part.type === 'feedback'))?.id ?? rated
    return parts.filter((part) => !SPECIAL.has(part.type) || shows.some((one) => one === part.type)).flatMap(hear)
  }

  function exchange(work: Promise<Heard[]>): Exchange {
    return Object.assign(work, {
      async bot(...expected: Expected[]) {
        const heard = await work
        const fits = heard.map((said, n) => {
          const wanted = expected[n]
          return wanted instanceof RegExp && typeof said === 'string' && wanted.test(said) ? wanted : said
        })
        assert.deepEqual(fits, expected)
      },
    })
  }

  return {
    user: (text) => exchange(deliver(text)),
    press: (label) => {
      const choice = offered.find((one) => one.label === label)
      return exchange(
        choice
          ? deliver(label, { choice: choice.value })
          : rated !== undefined && label in THUMBS
            ? deliver('', { feedback: { value: THUMBS[label] ?? 0, message: rated } })
            : Promise.reject(new Error(`The bot did not offer "${label}".`)),
      )
    },
    submit: (fields) => exchange(deliver('', { fields })),
    wait: (duration) => {
      clock += milliseconds(duration)
      return exchange(twice(`the passing of ${duration}`))
    },
    deploy: (next) => {
      bot = next
    },
    size: async () => JSON.stringify((await store.load(conversation))?.document ?? '').length,
    log: () => store.history(conversation, Number.MAX_SAFE_INTEGER),
  }
}

const THUMBS: Record<string, number> = { '👍': 1, '👎': -1 }

/** What channels may leave out. */
const SPECIAL: ReadonlySet<string> = new Set(['form', 'feedback'])

function hear(part: Part): Heard[] {
  switch (part.type) {
    case 'text':
      return [part.text]
    case 'choices':
      return [part.choices.map((one) => one.label)]
    case 'list':
      return [part.items]
    case 'card':
      return [
        part.title,
        ...(part.text ? [part.text] : []),
        ...(part.choices ? [part.choices.map((one) => one.label)] : []),
      ]
    case 'image':
      return [part.alt]
    case 'file':
      return [part.name]
    case 'form':
      return [part.fields.map(({ label }) => label)]
    case 'feedback':
      return [Object.keys(THUMBS)]
  }
}
