import type { Choice, Json } from '../message.js'
import { type ChoiceSpecification, matchChoice } from './choice.js'
import { type Found, findAmounts, findEmails, findMatches, findNumbers, type Money, wholly } from './entity.js'
import { wordPattern } from './words.js'

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
  /** Masks the value in logs, traces and training data. */
  pii?: boolean
  /** Keeps the value in the person's profile, and takes it from there in later conversations. */
  remember?: boolean
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
  parse(text: string, choice?: string): T | undefined
  /** Values anywhere in a message that answers something else. */
  find(text: string): Found<T>[]
  /** Whether a stored value still fits, for a document written by an older version of the dialog. */
  accepts(value: Json): boolean
  show(value: T): string
}

/** The type of a slot's value. */
export type SlotValue<S> = S extends Slot<infer T> ? T : never

type Kind<T extends Json> = Pick<Slot<T>, 'kind' | 'accepts'> & Partial<Slot<T>> & { parse: Slot<T>['parse'] }

function make<T extends Json>(options: SlotOptions, kind: Kind<T>): Slot<T> {
  return { strict: true, find: () => [], show: String, ...options, ...kind }
}

/** A slot whose values are found by one function, in an answer as anywhere else. */
function found<T extends Json>(
  options: SlotOptions,
  kind: string,
  find: (text: string) => Found<T>[],
  rest: Pick<Slot<T>, 'accepts'> & Partial<Slot<T>>,
): Slot<T> {
  return make(options, { kind, find, parse: (text) => only(find(text)), ...rest })
}

/** An answer that names two different values is no answer. */
function only<T extends Json>(values: Found<T>[]): T | undefined {
  const first = values[0]?.value
  return values.every((one) => JSON.stringify(one.value) === JSON.stringify(first)) ? first : undefined
}

const isString = (value: Json): value is string => typeof value === 'string'
const isNumber = (value: Json): value is number => typeof value === 'number'
const isMoney = (value: Json): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && isNumber(value.amount ?? null)

type ChoiceSpec<V extends string> = V | ChoiceSpecification<V>

/**
 * The kinds of slot.
 *
 * @example
 * ```ts
 * const slots = {
 *   order: slot.pattern(/\b\d{6}\b/, { ask: 'What is your order number?' }),
 *   reason: slot.choice(['damaged', 'late', 'other'], { ask: 'What went wrong?' }),
 * }
 * ```
 */
export const slot = {
  /** Whatever the customer writes, trimmed; it yields to a confident other intent. */
  text: (options: SlotOptions & { minLength?: number; maxLength?: number }): Slot<string> => {
    const { minLength = 1, maxLength = 2000 } = options
    const accepts = (value: Json): value is string =>
      isString(value) && value.length >= minLength && value.length <= maxLength
    return make(options, {
      kind: 'text',
      strict: false,
      accepts,
      parse: (text) => (accepts(text.trim()) ? text.trim() : undefined),
    })
  },

  /** The first match of `pattern`, found anywhere in a message. */
  pattern: (pattern: RegExp, options: SlotOptions): Slot<string> =>
    found(options, 'pattern', (text) => findMatches(text, pattern), {
      accepts: (value) => isString(value) && wholly(value, pattern),
    }),

  email: (options: SlotOptions): Slot<string> =>
    found(options, 'email', findEmails, { accepts: (value) => isString(value) && findEmails(value).length === 1 }),

  /** A number such as `1,250.5`, within `min` and `max` where given. */
  number: (options: SlotOptions & { min?: number; max?: number }): Slot<number> => {
    const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = options
    const fits = (value: number) => value >= min && value <= max
    return found(options, 'number', (text) => findNumbers(text).filter((one) => fits(one.value)), {
      accepts: (value) => isNumber(value) && fits(value),
    })
  },

  /** An amount with its currency (ISO 4217). A bare number in an answer takes `currency`, where one is given. */
  money: (options: SlotOptions & { currency?: string }): Slot<Money> =>
    found(options, 'money', findAmounts, {
      accepts: isMoney,
      parse: (text) => {
        const bare = only(findNumbers(text))
        const said = only(findAmounts(text))
        return (
          said ?? (bare !== undefined && options.currency ? { amount: bare, currency: options.currency } : undefined)
        )
      },
      show: ({ amount, currency }) => new Intl.NumberFormat('en', { style: 'currency', currency }).format(amount),
    }),

  /** One of a few, by button, label, value, synonym, position ("2") or close spelling. */
  choice: <const V extends string>(values: readonly ChoiceSpec<V>[], options: SlotOptions): Slot<V> => {
    const specs = values.map((one) => (typeof one === 'string' ? { value: one, label: one } : one))
    const choices = specs.map(({ value, label }) => ({ value, label }))
    return make<V>(options, {
      kind: 'choice',
      choices,
      accepts: (value) => specs.some((one) => one.value === value),
      parse: (text, choice) => matchChoice(specs, text, choice),
      find: (text) =>
        specs.flatMap(({ value, label, synonyms = [] }) =>
          [label, value, ...synonyms]
            .flatMap((name) => findMatches(text, wordPattern(name)))
            .slice(0, 1)
            .map((one) => ({ ...one, value })),
        ),
      show: (value) => specs.find((one) => one.value === value)?.label ?? value,
    })
  },

  yesNo: (options: SlotOptions): Slot<boolean> =>
    make(options, {
      kind: 'yesNo',
      choices: YES_NO,
      accepts: (value) => typeof value === 'boolean',
      parse: parseYesNo,
      show: (value) => (value ? 'yes' : 'no'),
    }),
}

/** The buttons of a yes/no question. */
export const YES_NO: readonly Choice[] = [
  { label: 'Yes', value: 'yes' },
  { label: 'No', value: 'no' },
]

const YES =
  /^(yes|y|yeah|yep|yup|sure|ok|okay|correct|right|absolutely|of course|please do|go ahead|do it|confirm(ed)?|that'?s (right|correct))\b|^(是|对|好|行|可以|嗯|确认|没错)/i
const NO = /^(no|n|nope|nah|not (now|really|yet)|don'?t|do not|never|wrong|incorrect)\b|^(不|否|别|没有|没(?!错)|算了)/i

/** True, false, or undefined where the text is neither. */
export function parseYesNo(text: string, choice?: string): boolean | undefined {
  const said = (choice ?? text).trim()
  if (NO.test(said)) return false
  return YES.test(said) ? true : undefined
}
