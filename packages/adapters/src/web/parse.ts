import { type Draft, MAX_FILES, MAX_TEXT, type Rating } from './protocol.js'

const ID = /^[\w-]{1,64}$/
const ENTRY = /^[^\p{Cc}\p{Cs}]{1,500}$/u
const UNPRINTABLE = /(?![\n\t])[\p{Cc}\p{Cs}]/gu

/** A message as the page sent it, or what to tell the customer about it. */
export function parseDraft(value: unknown): Draft | Rating | { error: string } {
  if (!isRecord(value)) return { error: 'A message must be an object with an id and a text.' }
  const { id, text, choice, fields, uploads, feedback } = value
  if (typeof id !== 'string' || !ID.test(id)) return { error: 'A message needs an id of letters, digits and dashes.' }
  if (feedback !== undefined) return isFeedback(feedback) ? { id, feedback } : { error: 'A rating must be 1 or -1.' }
  if (typeof text !== 'string') return { error: 'The text of a message must be a string.' }
  if (choice !== undefined && typeof choice !== 'string') return { error: 'The choice of a message must be a string.' }
  if (fields !== undefined && !isForm(fields)) return { error: 'The fields of a form must be strings.' }
  if (uploads !== undefined && !isIds(uploads)) return { error: `A message can carry ${MAX_FILES} files.` }
  const typed = Object.entries(fields ?? {})
  const length = Math.max(text.length, choice?.length ?? 0, typed.flat().join('').length)
  if (length > MAX_TEXT) return { error: `Your message is too long: ${length} characters. The limit is ${MAX_TEXT}.` }
  const clean = printable(text)
  if (!clean && typed.length === 0 && !uploads?.length) return { error: 'Your message is empty.' }
  return {
    id,
    text: clean,
    ...(choice !== undefined && { choice: printable(choice) }),
    ...(fields && { fields: Object.fromEntries(typed.map(([name, value]) => [name, printable(value)])) }),
    ...(uploads?.length && { uploads }),
  }
}

/** Without control characters and half surrogate pairs, which some stores and terminals cannot hold. */
function printable(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(UNPRINTABLE, '').trim()
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function isForm(value: unknown): value is Record<string, string> {
  if (!isRecord(value) || Array.isArray(value)) return false
  return Object.entries(value).every(([name, typed]) => ENTRY.test(name) && typeof typed === 'string')
}

function isIds(value: unknown): value is string[] {
  return Array.isArray(value) && value.length <= MAX_FILES && value.every((id) => typeof id === 'string')
}

function isFeedback(value: unknown): value is Rating['feedback'] {
  if (!isRecord(value) || (value.value !== 1 && value.value !== -1)) return false
  return typeof value.message === 'string' && ENTRY.test(value.message)
}
