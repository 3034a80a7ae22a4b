import { createHash, randomUUID } from 'node:crypto'
import { type Draft, MAX_TEXT } from './protocol.js'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const ID = /^[\w-]{1,64}$/
const UNPRINTABLE = /(?![\n\t])[\p{Cc}\p{Cs}]/gu

/** A message as the page sent it, or what to tell the customer about it. */
export function parseDraft(value: unknown): Draft | { error: string } {
  if (typeof value !== 'object' || value === null)
    return { error: 'A message must be an object with an id and a text.' }
  const { id, text, choice } = value as Record<string, unknown>
  if (typeof id !== 'string' || !ID.test(id)) return { error: 'A message needs an id of letters, digits and dashes.' }
  if (typeof text !== 'string') return { error: 'The text of a message must be a string.' }
  if (choice !== undefined && typeof choice !== 'string') return { error: 'The choice of a message must be a string.' }
  const length = Math.max(text.length, choice?.length ?? 0)
  if (length > MAX_TEXT) return { error: `Your message is too long: ${length} characters. The limit is ${MAX_TEXT}.` }
  const clean = printable(text)
  if (!clean) return { error: 'Your message is empty.' }
  return { id, text: clean, ...(choice !== undefined && { choice: printable(choice) }) }
}

/** Without control characters and half surrogate pairs, which some stores and terminals cannot hold. */
function printable(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(UNPRINTABLE, '').trim()
}

/** The secret that a page came with, or a fresh one of 122 random bits where it has none that we could have made. */
export function parseSecret(value: unknown): string {
  return typeof value === 'string' && UUID.test(value) ? value : randomUUID()
}

/**
 * The room of a conversation. It is derived from the secret and not the secret itself, because it ends up in logs, in
 * the store and in training data, and whoever reads those must not be able to join the conversation.
 */
export function roomOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url').slice(0, 22)
}

/** A canonical BCP 47 tag, or nothing. */
export function parseLocale(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > 35) return undefined
  try {
    return Intl.getCanonicalLocales(value)[0]
  } catch {
    return undefined
  }
}
