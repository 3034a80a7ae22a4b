import type { Logger } from 'pino'
import type { FileContent } from './channel.js'
import type { Thresholds } from './decide.js'
import type { Offer } from './dialog/builtin.js'
import { builtin } from './dialog/builtin.js'
import type { Dialog } from './dialog/dialog.js'
import type { Slot } from './dialog/slot.js'
import { ColloquyError } from './errors.js'
import type { Desk } from './handoff/desk.js'
import type { Sinks } from './log/sink.js'
import type { IncomingMessage, Json } from './message.js'
import type { Classifier } from './nlu/classifier.js'
import type { Store } from './store/store.js'
import type { Telemetry } from './telemetry.js'
import type { Language, Texts } from './text/texts.js'
import type { Transcribe } from './transcribe/transcribe.js'

/** What a turn works with; made once for a bot. */
export interface Engine {
  dialogs: ReadonlyMap<string, Dialog>
  /** The dialog that each intent opens. */
  intents: ReadonlyMap<string, string>
  classifier: Classifier
  store: Store
  thresholds: Thresholds
  /** How long a person keeps a conversation that was handed over, in milliseconds. */
  handoffFor: number
  /** How long a step may take, in milliseconds. */
  stepLimit: number
  /** Turns voice notes into text, where the bot was given something that does. */
  transcribe: Transcribe | undefined
  /** Whether finished dialogs ask for thumbs. */
  feedback: boolean
  /** Where conversations go that are handed over, and what the people there read. */
  desk: Desk | undefined
  deskTexts: Texts
  /** Where the log goes besides the store. */
  sinks: Sinks
  /** By language code; the first is spoken where a locale has none. */
  languages: ReadonlyMap<string, Language>
  /** Spoken whatever the customer writes in, where set. */
  locale: string | undefined
  /** How long idle conversations and events are kept, in milliseconds. */
  keep: { conversations?: number; events?: number }
  /** Personal slots whose values are known by their form, wherever they are said. */
  personal: readonly { name: string; slot: Slot }[]
  /** Whether any dialog has a slot that is remembered. */
  remembers: boolean
  log: Logger
  telemetry: Telemetry
  /** Shows that an answer is on its way in a channel, where it can. */
  typing(channel: string, address: Json, soFar?: string): void
  /** Reads the file behind the URL of an attachment. */
  file(url: string): Promise<FileContent>
  /** Milliseconds since 1970. */
  now(): number
}

const builtinNames = new Set(builtin.map((one) => one.name))

/** Whether a dialog is one of the engine's own, which give way to anything else that is said. */
export function isBuiltin(name: string): boolean {
  return builtinNames.has(name)
}

/**
 * The user's dialogs over the built-in ones, and what opens them.
 *
 * @throws {@link ColloquyError} `bad_dialog` where two dialogs share a name or an intent.
 */
export function index(dialogs: readonly Dialog[]): Pick<Engine, 'dialogs' | 'intents'> {
  const byName = new Map<string, Dialog>()
  const intents = new Map<string, string>()
  for (const dialog of dialogs) {
    if (byName.has(dialog.name)) {
      throw new ColloquyError('bad_dialog', `Two dialogs are named "${dialog.name}".`, 'Rename one.')
    }
    byName.set(dialog.name, dialog)
    for (const intent of dialog.start) {
      const other = intents.get(intent)
      if (other) {
        throw new ColloquyError(
          'bad_dialog',
          `"${other}" and "${dialog.name}" both start with the intent "${intent}".`,
          'Take it out of one.',
        )
      }
      intents.set(intent, dialog.name)
    }
  }
  return { dialogs: new Map([...builtin.map((one) => [one.name, one] as const), ...byName]), intents }
}

/** A number, a day or a choice says nothing by itself; these do. */
const TELLING = new Set(['email', 'phone', 'pattern'])

export function personalSlots(dialogs: readonly Dialog[]): Engine['personal'] {
  const all = dialogs.flatMap(({ slots }) => Object.entries(slots).map(([name, slot]) => ({ name, slot })))
  return all.filter(({ slot }) => slot.pii && TELLING.has(slot.kind))
}

/** The language of a locale. */
export function languageOf({ languages }: Pick<Engine, 'languages'>, locale: string): Language {
  const found = languages.get(locale) ?? languages.get(locale.split('-')[0] ?? '')
  return found ?? (languages.values().next().value as Language)
}

/** The language that a message is written in, where its script tells; else what the channel says; else as before. */
export function localeOf(engine: Engine, { text, locale }: IncomingMessage, before: string): string {
  if (engine.locale !== undefined) return engine.locale
  if (/\p{Script=Han}/u.test(text)) return locale?.startsWith('zh') ? locale : 'zh'
  if (locale !== undefined) return locale
  return before.startsWith('zh') && /\p{Script=Latin}{2,}.*\s\p{Script=Latin}{2,}/u.test(text) ? 'en' : before
}

/** An intent with the title of its dialog. */
export function offerOf(engine: Engine, intent: string): Offer {
  const dialog = engine.dialogs.get(engine.intents.get(intent) ?? '')
  return { intent, title: dialog?.title(intent) ?? intent }
}
