import type { Attachment, Choice, Json } from '../message.js'
import type { Found } from './entity.js'

/** What every kind of slot may be told. */
export interface SlotOptions {
  /** The question, in Markdown. */
  ask: string
  /** How the slot is called in "Changed the … to …"; its key in the dialog otherwise. */
  label?: string
  /** Said before the question is asked again, where an answer does not fit. */
  invalid?: string
  /** Words that stand right before the value, where two slots of one kind compete: `/\bfrom $/i`, `/\bto $/i`. */
  cue?: RegExp
  /**
   * Masks the value in logs, traces and training data. What is known by its form (an email address, a phone number, a
   * pattern) is masked wherever it is said to the bot, unless the dialog under way has a use for it that is not personal.
   */
  pii?: boolean
  /** Keeps the value in the person's profile, and takes it from there in later conversations. */
  remember?: boolean
  /** Lets the customer skip the question: `d.ask` gives null then. */
  optional?: boolean
}

/**
 * A value that a dialog needs: how it is asked for, recognised, checked and shown. Made by {@link slot}.
 *
 * @typeParam T - the stored value, which `d.ask` gives back.
 */
export interface Slot<T extends Json = Json> extends SlotOptions {
  readonly kind: string
  /** A strict slot knows an answer when it sees one and wins over intents; free text yields to a confident intent. */
  readonly strict: boolean
  readonly choices?: readonly Choice[]
  /** The value of an answer to the question, or undefined where it does not fit. */
  parse(text: string, choice?: string, attachments?: readonly Attachment[]): T | undefined
  /** Values anywhere in a message that answers something else. */
  find(text: string): Found<T>[]
  /** Whether a stored value still fits, for a document written by an older version of the dialog. */
  accepts(value: Json): boolean
  show(value: T): string
}

/** The value of the button that skips an optional question. */
export const SKIP = 'colloquy:skip'

/** The type of a slot's value. */
export type SlotValue<S> = S extends Slot<infer T> ? T : never

/** The value type of a slot with these options: null where it may be skipped. */
export type Answered<T extends Json, O> = O extends { optional?: unknown }
  ? true extends O['optional']
    ? T | null
    : T
  : T

type Kind<T extends Json> = Pick<Slot<T>, 'kind' | 'accepts'> & Partial<Slot<T>> & { parse: Slot<T>['parse'] }

/** A kind of slot of your own: how a value is parsed, found, checked and shown. */
export function makeSlot<T extends Json, O extends SlotOptions>(options: O, kind: Kind<T>): Slot<Answered<T, O>> {
  const { accepts } = kind
  const made = { strict: true, find: () => [], show: String, ...options, ...kind }
  return {
    ...made,
    accepts: (value: Json) => (value === null ? options.optional === true : accepts(value)),
  } as unknown as Slot<Answered<T, O>>
}
