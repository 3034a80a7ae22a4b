import { type Duration, milliseconds } from '../duration.js'
import { ColloquyError } from '../errors.js'
import type { Json, Part } from '../message.js'
import type { Texts } from '../text/texts.js'
import type { Slot, SlotValue } from './slot.js'

/** The slots that a dialog declares, by name. */
export type Slots = Record<string, Slot>

/** A type as a store gives it back: `never` where JSON has no such thing. */
// biome-ignore lint/suspicious/noConfusingVoidType: a step that returns nothing is typed void
type AsStored<T> = T extends Json | undefined | void
  ? T
  : T extends (...given: never) => unknown
    ? never
    : T extends object
      ? { [K in keyof T]: AsStored<T[K]> }
      : never

/** What the compiler asks for in vain where something is not JSON: a date, a function, an instance of a class. */
export interface OnlyPlainDataCanBeStored {
  'only plain data can be stored': never
}

/** No condition on plain data, interfaces included; for anything else one that cannot be met. */
export type Plain<T> = [T] extends [AsStored<T>] ? unknown : OnlyPlainDataCanBeStored

/** What a commit is given besides its input. */
export interface Once {
  /** The same for every try of this commit, also after a crash: hand it to the service as its idempotency key. */
  key: string
}

/**
 * What a dialog's `run` is given. It runs from the top on every turn over stored answers and results, so each name may be
 * used once in a run, and whatever is slow or has an effect belongs into `step` or `commit`.
 *
 * @typeParam S - the declared slots; `ask` gives back the value type of the one that is named.
 * @typeParam I - the intents that there are.
 */
export interface DialogContext<S extends Slots = Slots, I extends string = string> {
  /** The person's id on this channel. */
  readonly person: string
  /** The intent that opened the dialog, if one did. */
  readonly intent: I | undefined
  /** What the dialog was opened with, if anything. */
  readonly input: Json | undefined
  /** Built-in texts in the customer's language. */
  readonly texts: Texts

  /**
   * The slot's value: from the message that opened the dialog, asked for, or corrected since.
   *
   * @throws {@link ColloquyError} `concurrent_ask` where another question or step is under way: await one at a time.
   */
  ask<K extends keyof S & string>(slot: K): Promise<SlotValue<S[K]>>
  /** A yes/no question. It is asked anew when its text has changed. */
  confirm(name: string, question: string): Promise<boolean>
  /** A question whose choices are known only now. */
  choose<const V extends string>(
    name: string,
    question: string,
    choices: readonly { label: string; value: V }[],
  ): Promise<V>
  /** A rating by thumbs (1 or -1) or stars (1 to 5), which is logged as feedback on this dialog. */
  rate(name: string, question: string, scale?: 'thumbs' | 'stars'): Promise<number>
  /** Work that may run again: once for each (name, input); its result is stored. */
  step<Input, Result>(
    name: string,
    input: Input & Plain<Input>,
    work: (input: Input) => Result & Plain<Awaited<Result>>,
  ): Promise<Awaited<Result>>
  /** Work that must not: done once in this dialog; the slots asked before it are closed to correction from then on. */
  commit<Input, Result>(
    name: string,
    input: Input & Plain<Input>,
    work: (input: Input, once: Once) => Result & Plain<Awaited<Result>>,
  ): Promise<Awaited<Result>>
  /** Says something, unless this run has said it already or nothing is new since. Text is Markdown. */
  say(what: string | Part | Part[]): void
  /** Shows what is written so far of a text that will be said, where the channel can. */
  typing(soFar: string): void
  /** Tells that a message that no intent explained was understood after all: the count of failures starts anew. */
  understood(): void
  /** Makes this person and another one, by id, the same, who share a profile from then on. Call it on explicit proof only. */
  link(other: string): Promise<void>
  /** Forgets a slot's answer and what came after it, says why, and asks again. */
  askAgain(slot: keyof S & string, why: string): Promise<never>
  /** Ends the dialog here. */
  stop(text?: string): Promise<never>
  /** Ends the dialog and passes the conversation to a person. */
  handoff(reason: string): Promise<never>
  /** Ends this dialog and opens the one of an intent, filled from `text` where given. */
  open(intent: I, text?: string): Promise<never>
}

/** A dialog as the engine holds it. Made by {@link dialog}. */
export interface Dialog {
  readonly name: string
  /** How customers see it, by the intent that opens it. */
  title(intent?: string): string
  readonly start: readonly string[]
  readonly slots: Slots
  /** The slots that may be asked for together, in a form. */
  readonly form: readonly string[]
  /** In milliseconds. */
  readonly remind: number | undefined
  readonly expire: number | undefined
  run(context: DialogContext): unknown
}

/** What {@link dialog} takes. */
export interface DialogOptions<S extends Slots, I extends string = string> {
  /** Unique in a bot; stored with conversations, so renaming it ends those under way. */
  name: string
  /** Shown when two intents are close and the customer must choose; `name` otherwise. */
  title?: string | ((intent: I) => string)
  /** The intent or intents that open it. */
  start?: I | readonly I[]
  /** Declared, so that any message may fill or correct any of them. */
  slots?: S
  /**
   * Where several of these slots (or of all, with `true`) are open when one is asked for, the question comes with a form
   * of them, in channels that have forms.
   */
  form?: true | readonly (keyof S & string)[]
  /** After this long without an answer the question is asked once more. */
  remind?: Duration
  /** After this long without an answer the dialog is given up. */
  expire?: Duration
  run(d: DialogContext<S, I>): unknown
}

/**
 * Declares a dialog: a plain async function over declared slots.
 *
 * @throws {@link ColloquyError} `bad_dialog` where a name is missing.
 * @example
 * ```ts
 * const track = dialog({
 *   name: 'track',
 *   title: 'Track a parcel',
 *   start: 'track_order',
 *   slots: { order: slot.pattern(/\b\d{6}\b/, { ask: 'What is your order number?' }) },
 *   async run(d) {
 *     const id = await d.ask('order')
 *     const parcel = await d.step('find parcel', { id }, ({ id }) => shop.parcel(id))
 *     d.say(parcel ? `It arrives on ${parcel.day}.` : `I know no order ${id}.`)
 *   },
 * })
 * ```
 */
export function dialog<const S extends Slots = Record<never, Slot>>(options: DialogOptions<S>): Dialog {
  const { name, title = name, start = [], slots = {}, form = [], remind, expire, run } = options
  if (!name) throw new ColloquyError('bad_dialog', 'A dialog has no name.', 'Give it one that is unique in the bot.')
  return {
    name,
    title: (intent = '') => (typeof title === 'function' ? title(intent) : title),
    start: typeof start === 'string' ? [start] : start,
    slots,
    form: form === true ? Object.keys(slots) : form,
    remind: remind && milliseconds(remind),
    expire: expire && milliseconds(expire),
    // The engine holds dialogs of every shape; the slots' types are those of this very declaration.
    run: (context) => run(context as unknown as DialogContext<S>),
  }
}

/** A written answer; `title` is shown where the customer must choose between intents. */
export type Answer = string | { title: string; answer: string }

/**
 * One dialog that answers each of many intents with a text.
 *
 * @example
 * ```ts
 * answers({ atm_support: { title: 'Which machines take my card', answer: 'Any that shows the Visa sign.' } })
 * ```
 */
export function answers(written: Record<string, Answer>, name = 'answers'): Dialog {
  const entry = (intent: string | undefined) => written[intent ?? '']
  return dialog({
    name,
    start: Object.keys(written),
    title: (intent) => {
      const found = entry(intent)
      return typeof found === 'object' ? found.title : intent.replaceAll('_', ' ')
    },
    run(d) {
      const found = entry(d.intent)
      if (found) d.say(typeof found === 'object' ? found.answer : found)
    },
  })
}

/** What {@link dialogsOf} gives. */
export interface DialogsOf<I extends string> {
  dialog<const S extends Slots = Record<never, Slot>>(options: DialogOptions<S, I>): Dialog
  answers(written: { readonly [intent in I]?: Answer }, name?: string): Dialog
}

/**
 * {@link dialog} and {@link answers} for a bot whose intents are a type, so that a misspelt one does not compile.
 *
 * @typeParam I - the intents; `colloquy types --model model --out intents.ts` writes them as a type.
 * @example
 * ```ts
 * import { dialogsOf } from '@colloquy/core'
 * import type { Intent } from './intents.js'
 *
 * export const { dialog, answers } = dialogsOf<Intent>()
 * ```
 */
export function dialogsOf<I extends string>(): DialogsOf<I> {
  // Only what may be written differs: at run time an intent is a string.
  return { dialog, answers } as unknown as DialogsOf<I>
}
