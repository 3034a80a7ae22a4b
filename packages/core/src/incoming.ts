import { z } from 'zod'
import { ColloquyError } from './errors.js'
import { type IncomingMessage, isJson } from './message.js'

/** Databases differ in what they make of control characters and half surrogate pairs. */
const ID = /^[^\p{Cc}\p{Cs}]+$/u
/** Control characters have no business in an utterance, save tabs and line ends. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g

const isId = (value: unknown) => typeof value === 'string' && value.length <= 500 && ID.test(value)
const isText = (most: number) => (value: unknown) =>
  value === undefined || (typeof value === 'string' && value.length <= most)

/** What every message has, or may well have: checked by hand, since zod would take as long as a decision does. */
const usual = {
  id: isId,
  channel: isId,
  conversation: isId,
  person: isId,
  text: (value: unknown) => typeof value === 'string',
  address: isJson,
  name: isText(200),
  choice: isText(500),
  locale: isText(35),
  addressed: (value: unknown) => value === undefined || value === false,
}
/** What only some have. */
const rare = z.object({
  fields: z.record(z.string().max(200), z.string()).optional(),
  attachments: z
    .array(z.object({ name: z.string(), type: z.string(), url: z.string(), size: z.number().optional() }))
    .optional(),
  feedback: z
    .object({
      value: z.number().int().min(-1).max(5),
      message: z.string().max(500).regex(ID).optional(),
    })
    .optional(),
})

/**
 * A message as the engine takes it: nothing but what is known of messages, and no control characters in what was written.
 *
 * @param received - when, in milliseconds since 1970.
 * @throws {@link ColloquyError} `bad_message` where it has no usable shape.
 */
export function incoming(given: IncomingMessage, received: number): IncomingMessage {
  for (const [field, fits] of USUAL)
    if (!fits(given?.[field])) throw unreadable(field, 'missing, too long, or of no use')
  const { id, channel, conversation, person, text, address, name, choice, locale, addressed } = given
  const message: IncomingMessage = { id, channel, conversation, person, text: clean(text), address, received }
  if (name !== undefined) message.name = name
  if (choice !== undefined) message.choice = choice
  if (locale !== undefined) message.locale = locale
  if (addressed !== undefined) message.addressed = addressed
  return given.fields || given.attachments || given.feedback ? withRare(message, given) : message
}

const USUAL = Object.entries(usual) as [keyof typeof usual, (value: unknown) => boolean][]

function withRare(message: IncomingMessage, given: IncomingMessage): IncomingMessage {
  const { data, error } = rare.safeParse(given)
  if (error) throw unreadable(error.issues[0]?.path.join('.') ?? '', error.issues[0]?.message ?? 'wrong')
  const { fields, ...more } = data as Pick<IncomingMessage, keyof typeof data>
  if (!fields) return Object.assign(message, more)
  const typed = Object.entries(fields).map(([name, value]) => [name, clean(value)] as const)
  // People who read along see what was typed into a form.
  const lines = typed.map(([name, value]) => `${name}: ${value}`).join('\n')
  return Object.assign(message, more, { text: message.text || lines, fields: Object.fromEntries(typed) })
}

function clean(text: string): string {
  return text.replace(CONTROL, '')
}

function unreadable(field: string, why: string): ColloquyError {
  return new ColloquyError('bad_message', `A message cannot be read: ${field}: ${why}.`)
}
