import { type Fields, printable } from '../http/shape.js'
import { type Draft, MAX_FILES, MAX_TEXT, type Rating } from './protocol.js'

const ID = /^[\w-]{1,64}$/
const LINE = /^[^\p{Cc}\p{Cs}]{1,500}$/u

/** A message as the page sent it, or what to tell the customer about it. */
export function parseDraft(value: unknown): Draft | Rating | { error: string } {
  if (!isObject(value)) return { error: 'A message must be an object with an id and a text.' }
  const { id, text, choice, fields, uploads, feedback } = value
  if (typeof id !== 'string' || !ID.test(id)) return { error: 'A message needs an id of letters, digits and dashes.' }
  if ('feedback' in value) {
    const rated = thumbOf(feedback)
    return rated ? { id, feedback: rated } : { error: 'A rating must be 1 or -1, of a message.' }
  }
  if (typeof text !== 'string') return { error: 'The text of a message must be a string.' }
  if (choice !== undefined && typeof choice !== 'string') return { error: 'The choice of a message must be a string.' }
  const typed = fields === undefined ? [] : typedIn(fields)
  if (!typed) return { error: 'The fields of a form must be strings.' }
  if (!areIds(uploads)) return { error: `A message can carry ${MAX_FILES} files, by their ids.` }
  const length = Math.max(text.length, choice?.length ?? 0, typed.flat().join('').length)
  if (length > MAX_TEXT) return { error: `Your message is too long: ${length} characters. The limit is ${MAX_TEXT}.` }
  const said = printable(text)
  if (!said && typed.length === 0 && !uploads?.length) return { error: 'Your message is empty.' }
  return {
    id,
    text: said,
    ...(choice !== undefined && { choice: printable(choice) }),
    ...(fields !== undefined && { fields: Object.fromEntries(typed.map(([name, one]) => [name, printable(one)])) }),
    ...(uploads?.length && { uploads }),
  }
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function thumbOf(feedback: unknown): Rating['feedback'] | undefined {
  if (!isObject(feedback)) return undefined
  const { value, message } = feedback
  const isLine = typeof message === 'string' && LINE.test(message)
  return isLine && (value === 1 || value === -1) ? { value, message } : undefined
}

/** Names and values of the fields of a form. */
function typedIn(fields: unknown): [string, string][] | undefined {
  if (!isObject(fields)) return undefined
  const typed = Object.entries(fields)
  const isLine = (one: [string, unknown]): one is [string, string] => LINE.test(one[0]) && typeof one[1] === 'string'
  return typed.every(isLine) ? typed : undefined
}

function areIds(uploads: unknown): uploads is string[] | undefined {
  if (uploads === undefined) return true
  return Array.isArray(uploads) && uploads.length <= MAX_FILES && uploads.every((one) => typeof one === 'string')
}
