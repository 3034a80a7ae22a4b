import { type Logger, pino } from 'pino'
import type { Channel, ChannelHost } from './channel.js'
import type { Thresholds } from './decide.js'
import type { Dialog } from './dialog/dialog.js'
import { warmUp } from './dialog/fill.js'
import { Dispatcher } from './dispatch.js'
import { type Duration, milliseconds } from './duration.js'
import { type Engine, index, languageOf, personalSlots } from './engine.js'
import { ColloquyError, reason } from './errors.js'
import { readFile } from './file.js'
import type { Desk } from './handoff/desk.js'
import { giveBack, speakFor } from './handoff/handoff.js'
import { type DeskRoom, deskOf } from './handoff/room.js'
import { incoming } from './incoming.js'
import { Inspector } from './inspect/inspector.js'
import { type InspectOptions, type InspectorServer, serveInspector } from './inspect/server.js'
import { loggedError } from './log/error.js'
import type { LogEvent } from './log/event.js'
import { type Sink, Sinks } from './log/sink.js'
import type { IncomingMessage, Part } from './message.js'
import type { Classifier } from './nlu/classifier.js'
import { everywhere, link } from './profile.js'
import type { Kept, Store } from './store/store.js'
import { Telemetry } from './telemetry.js'
import { en } from './text/en.js'
import type { Language } from './text/texts.js'
import { zh } from './text/zh.js'
import type { Transcribe } from './transcribe/transcribe.js'

/** What {@link createBot} takes. */
export interface BotOptions {
  dialogs: readonly Dialog[]
  classifier: Classifier
  store: Store
  channels: readonly Channel[]
  /** How long idle conversations and the log are kept (for ever). */
  keep?: { conversations?: Duration; log?: Duration }
  /** Calibrated confidences between which the engine decides. */
  thresholds?: Partial<Thresholds>
  /** Where the log goes besides the store; `fileSink(path)` makes a file of it. */
  sinks?: readonly Sink[]
  /** Turns voice notes into text; without it people are asked to write instead. */
  transcribe?: Transcribe
  /** Asks for thumbs, in channels that have them, after each dialog that has finished and each answer looked up (false). */
  feedback?: boolean
  /** Where conversations go that a person must take over: a room of one of the channels, or anything of your own. */
  desk?: Desk | DeskRoom
  /** How long a person keeps a conversation without answering, in minutes (30). */
  handoffMinutes?: number
  /** How long a step, a commit or the transcription of a voice note may take, in seconds (30). */
  stepSeconds?: number
  /** What the engine speaks besides English and Chinese, or instead, by language code; the first is the default. */
  languages?: Record<string, Language>
  /** Speaks this whatever the customer writes in; by default the language of each message is detected. */
  locale?: string
  /**
   * Serves a page to this machine only (port 3210) that shows live conversations, personal values masked: what the engine
   * remembers, and why it decided what it did.
   */
  inspect?: boolean | InspectOptions
  /** A pino logger; by default one that writes warnings and errors to standard error. */
  log?: Logger
  /** The clock, in milliseconds since 1970. */
  now?: () => number
}

/** A bot that has been put together. */
export interface Bot {
  /** What it was made of. */
  readonly options: BotOptions
  /** Where the inspector is, while it runs. */
  readonly inspector: string | undefined
  /**
   * Opens the store, starts the channels, and takes up what an earlier process left undone.
   *
   * @throws what the store or a channel throws; what had started by then is stopped.
   */
  start(): Promise<void>
  /** Stops the channels, lets turns under way end, and closes the store. The classifier stays open: it is yours. */
  stop(): Promise<void>
  /**
   * Hands a message to the engine. Resolves once it is durable: its turn is saved, or, where the turn is slow, the message
   * is stored and will be handled.
   *
   * @throws {@link ColloquyError} `bad_message` where it has no usable shape, `store_unavailable` where nothing was stored.
   */
  receive(message: IncomingMessage): Promise<void>
  /** The last events of a conversation, oldest first. */
  history(conversation: string, limit: number): Promise<LogEvent[]>
  /**
   * Says something of its own accord where the person last wrote from.
   *
   * @param options - `at`: when, in milliseconds since 1970 (now); `from`: the name of the person who says it, and who has
   *   the conversation then for as long again.
   * @throws {@link ColloquyError} `bad_message` where there is no such conversation.
   */
  say(conversation: string, what: string | Part[], options?: { at?: number; from?: string }): Promise<void>
  /** Gives a conversation that was handed over back to the bot. */
  takeBack(conversation: string): Promise<void>
  /** Makes two people on different channels one. Call it on explicit proof only: they share a profile from then on. */
  link(person: string, other: string): Promise<void>
  /** Everything that is kept about a person, on all channels that they have linked. */
  export(person: string): Promise<Kept>
  /** Removes everything that is kept about a person, on all channels that they have linked. */
  forget(person: string): Promise<void>
}

const THRESHOLDS: Thresholds = { sure: 0.6, unsure: 0.3, digress: 0.6, interrupt: 0.9 }

/**
 * Puts a bot together. Nothing runs before `start`.
 *
 * @throws {@link ColloquyError} `bad_dialog` where two dialogs share a name or an intent, or a dialog starts with an
 *   intent that the classifier does not know.
 * @example
 * ```ts
 * const bot = createBot({
 *   dialogs: [refund, track],
 *   classifier: await classifier('./model'),
 *   store: sqlite('./bot.db'),
 *   channels: [web({ port: 3000 })],
 * })
 * await bot.start()
 * ```
 */
export function createBot(options: BotOptions): Bot {
  const { store, classifier, now = Date.now } = options
  const logger = options.log ?? pino({ name: 'colloquy', level: 'warn' }, pino.destination(2))
  const log = logger.child({}, { serializers: { err: (err) => (err instanceof Error ? loggedError(err) : err) } })
  const channels = new Map(options.channels.map((channel) => [channel.name, channel]))
  const { dialogs, intents } = index(options.dialogs)
  const inspector = options.inspect ? new Inspector(store, dialogs, classifier) : undefined
  let inspected: InspectorServer | undefined
  const languages = new Map(Object.entries({ en, zh, ...options.languages }))
  const deskLocale = options.desk && 'room' in options.desk ? options.desk.locale : undefined
  const deskTexts = languageOf({ languages }, deskLocale ?? options.locale ?? 'en').texts
  const engine: Engine = {
    typing: (channel, address, soFar) => {
      const shown = channels.get(channel)?.typing?.(address, soFar)
      shown?.catch((err) => log.debug({ channel, err }, 'typing could not be shown'))
    },
    dialogs,
    intents,
    classifier,
    store,
    log,
    telemetry: new Telemetry(now, inspector && ((record) => inspector.observe(record))),
    now,
    thresholds: { ...THRESHOLDS, ...options.thresholds },
    transcribe: options.transcribe,
    feedback: options.feedback ?? false,
    file: (url) => readFile(url, channels),
    desk: deskOf(options.desk, store, channels, deskTexts),
    deskTexts,
    sinks: new Sinks(options.sinks ?? [], (err) => log.error({ err }, `a sink of the log failed: ${reason(err)}`)),
    handoffFor: (options.handoffMinutes ?? 30) * 60_000,
    stepLimit: (options.stepSeconds ?? 30) * 1000,
    languages,
    locale: options.locale,
    keep: {
      ...(options.keep?.conversations && { conversations: milliseconds(options.keep.conversations) }),
      ...(options.keep?.log && { events: milliseconds(options.keep.log) }),
    },
    personal: personalSlots(options.dialogs),
    remembers: options.dialogs.some((one) => Object.values(one.slots).some((slot) => slot.remember)),
  }
  checkIntents(engine)
  for (const { slots } of options.dialogs) warmUp(slots)
  const dispatcher = new Dispatcher(engine, channels)

  const bot: Bot = {
    options,
    get inspector() {
      return inspected?.url
    },
    async start() {
      await store.open()
      if (inspector) {
        inspected = await serveInspector(inspector, options.inspect === true ? {} : options.inspect || {})
        log.warn({ url: inspected.url }, 'inspect: anybody on this machine can read conversations')
      }
      try {
        for (const channel of channels.values()) {
          await channel.start({
            receive: bot.receive,
            history: bot.history,
            file: engine.file,
            kept: keptFor(store, channel.name),
            log: log.child({ channel: channel.name }),
          })
        }
        await dispatcher.start()
      } catch (error) {
        // What has started would keep the process alive, and half a bot answer.
        await bot.stop().catch((err) => log.error({ err }, `what has started could not be stopped: ${reason(err)}`))
        throw error
      }
    },
    async stop() {
      await Promise.all([...channels.values()].map((channel) => channel.stop()))
      await dispatcher.stop()
      await engine.sinks.idle()
      await inspected?.stop()
      inspected = undefined
      await store.close()
    },
    receive: async (given) => await dispatcher.receive(incoming(given, now())),
    history: (conversation, limit) => store.history(conversation, limit),
    say: (conversation, what, { at, from } = {}) =>
      dispatcher.change(conversation, (draft) => {
        const { scheduled } = draft.conversation
        const parts: Part[] = typeof what === 'string' ? [{ type: 'text', text: what }] : what
        if (at !== undefined) scheduled.push({ at, parts })
        else if (from !== undefined) speakFor(engine, draft, from, parts)
        else draft.say(parts)
      }),
    takeBack: (conversation) => dispatcher.change(conversation, (draft) => giveBack(engine, draft, 'given back')),
    link: (person, other) => link(store, person, other),
    export: async (person) => store.export(await everywhere(store, person)),
    forget: async (person) => {
      const people = await everywhere(store, person)
      inspector?.forget(people)
      await Promise.all([...channels.values()].map((channel) => channel.forget?.(people)))
      await store.forget(people)
      await engine.sinks.forget(people)
    },
  }
  return bot
}

/** A channel's own notes, as profiles of nobody. */
function keptFor(store: Store, channel: string): ChannelHost['kept'] {
  const nobody = (key: string) => `kept:${channel}:${key}`
  return {
    get: async (key) => (await store.profile(nobody(key)))?.remembered.value,
    set: (key, value) => store.keep({ person: nobody(key), linked: [], remembered: { value } }),
    delete: (key) => store.forget([nobody(key)]),
  }
}

/** A dialog that no intent can open is a misspelling. */
function checkIntents({ intents, classifier }: Engine): void {
  const unknown = [...intents.keys()].filter((intent) => !classifier.labels.includes(intent))
  if (unknown.length > 0) {
    throw new ColloquyError(
      'bad_dialog',
      `The classifier does not know ${unknown.map((one) => `"${one}"`).join(', ')}, which ${unknown.length > 1 ? 'start dialogs' : 'starts a dialog'}.`,
      'Check the spelling, or train a model with examples of it.',
    )
  }
}
