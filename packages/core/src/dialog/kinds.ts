import { ColloquyError } from '../errors.js'
import type { Attachment, Json } from '../message.js'
import { type ChoiceSpecification, matchChoice, parseYesNo } from './choice.js'
import { type Found, findAmounts, findEmails, findMatches, findNumbers, type Money, wholly } from './entity.js'
import { type Answered, makeSlot, type Slot, type SlotOptions } from './slot.js'
import { wordPattern } from './words.js'

/** A slot whose values are found by one function, in an answer as anywhere else. */
function found<T extends Json, O extends SlotOptions>(
  options: O,
  kind: string,
  find: (text: string) => Found<T>[],
  rest: Pick<Slot<T>, 'accepts'> & Partial<Slot<T>>,
): Slot<Answered<T, O>> {
  return makeSlot<T, O>(options, { kind, find, parse: (text) => only(find(text)), ...rest })
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
  text: <const O extends SlotOptions & { minLength?: number; maxLength?: number }>(options: O) => {
    const { minLength = 1, maxLength = 2000 } = options
    const accepts = (value: Json): value is string =>
      isString(value) && value.length >= minLength && value.length <= maxLength
    const parse = (text: string) => (accepts(text.trim()) ? text.trim() : undefined)
    return makeSlot<string, O>(options, { kind: 'text', strict: false, accepts, parse })
  },

  /** The first match of `pattern`, found anywhere in a message. */
  pattern: <const O extends SlotOptions>(pattern: RegExp, options: O) =>
    found<string, O>(options, 'pattern', (text) => findMatches(text, pattern), {
      accepts: (value) => isString(value) && wholly(value, pattern),
    }),

  email: <const O extends SlotOptions>(options: O) =>
    found<string, O>(options, 'email', findEmails, {
      accepts: (value) => isString(value) && findEmails(value).length === 1,
    }),

  /** A number such as `1,250.5`, within `min` and `max` where given. */
  number: <const O extends SlotOptions & { min?: number; max?: number }>(options: O) => {
    const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = options
    const fits = (value: number) => value >= min && value <= max
    return found<number, O>(options, 'number', (text) => findNumbers(text).filter((one) => fits(one.value)), {
      accepts: (value) => isNumber(value) && fits(value),
    })
  },

  /** An amount with its currency (ISO 4217). A bare number in an answer takes `currency`, where one is given. */
  money: <const O extends SlotOptions & { currency?: string }>(options: O) =>
    found<Money, O>(options, 'money', findAmounts, {
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
  choice: <const V extends string, const O extends SlotOptions>(values: readonly ChoiceSpec<V>[], options: O) => {
    const specs = values.map((one) => (typeof one === 'string' ? { value: one, label: one } : one))
    const choices = specs.map(({ value, label }) => ({ value, label }))
    const named = specs.map(({ value, label, synonyms = [] }: ChoiceSpecification<V>) => {
      const patterns = [label, value, ...synonyms].map(wordPattern)
      return (text: string) => patterns.flatMap((one) => findMatches(text, one)).map((one) => ({ ...one, value }))
    })
    return makeSlot<V, O>(options, {
      kind: 'choice',
      choices,
      accepts: (value) => specs.some((one) => one.value === value),
      parse: (text, choice) => matchChoice(specs, text, choice),
      find: (text) => named.flatMap((places) => places(text).slice(0, 1)),
      show: (value) => specs.find((one) => one.value === value)?.label ?? value,
    })
  },

  yesNo: <const O extends SlotOptions>(options: O) =>
    makeSlot<boolean, O>(options, {
      kind: 'yesNo',
      accepts: (value) => typeof value === 'boolean',
      parse: parseYesNo,
      show: (value) => (value ? 'yes' : 'no'),
    }),

  /** The first file that is sent along, of one of the media types where they are given (`image/*` for any image). */
  attachment: <const O extends SlotOptions & { types?: readonly string[] }>(options: O) => {
    const { types = ['*/*'] } = options
    const fits = ({ type }: Attachment) =>
      types.some((one) => one === '*/*' || one === type || type.startsWith(one.replace(/\*$/, '')))
    return makeSlot<FileValue, O>(options, {
      kind: 'attachment',
      accepts: (value) => typeof value === 'object' && value !== null && 'url' in value,
      parse: (_text, _choice, attachments = []) => {
        const sent = attachments.find(fits)
        return sent && { name: sent.name, type: sent.type, url: sent.url }
      },
      show: ({ name }) => name,
    })
  },

  /**
   * Whatever a Standard Schema accepts (zod, valibot, arktype, …; https://standardschema.dev) as the text of an answer. The
   * schema must be synchronous, give JSON, and accept what it gave: `d.ask` checks stored values with it.
   */
  schema: <S extends StandardSchema<unknown, Json>, const O extends SlotOptions>(schema: S, options: O) => {
    const validate = (value: unknown): Json | undefined => {
      const result = schema['~standard'].validate(value)
      if (result instanceof Promise) throw new ColloquyError('bad_dialog', 'The schema of a slot is asynchronous.')
      return result.issues ? undefined : result.value
    }
    return makeSlot<SchemaOutput<S>, O>(options, {
      kind: 'schema',
      accepts: (value) => validate(value) !== undefined,
      parse: (text) => validate(text.trim()) as SchemaOutput<S> | undefined,
      show: (value) => (isString(value) ? value : JSON.stringify(value)),
    })
  },
}

/** A file that a customer has sent. */
export type FileValue = { name: string; type: string; url: string }

/** The part of the Standard Schema interface that a slot uses (https://standardschema.dev). */
export interface StandardSchema<Input, Output> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    validate(value: unknown): SchemaResult<Output> | Promise<SchemaResult<Output>>
    readonly types?: { readonly input: Input; readonly output: Output } | undefined
  }
}
type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly unknown[] }
type SchemaOutput<S> = S extends StandardSchema<unknown, infer Output extends Json> ? Output : never
