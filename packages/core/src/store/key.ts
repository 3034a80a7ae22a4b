import { createHash } from 'node:crypto'

/** What every database keeps, indexes and compares exactly: well-formed, printable, no space at its end, not too long. */
const PLAIN = /^[^#\p{C}][^\p{C}]{0,188}(?<!\p{Z})$/u

/** The key under which an id is stored: the id itself, or a digest where some database would cut, fold or refuse it. */
export function keyOf(id: string): string {
  // A lone surrogate has no UTF-8 form of its own; JSON escapes it.
  return PLAIN.test(id) ? id : `#${createHash('sha256').update(JSON.stringify(id)).digest('base64url')}`
}

export function isDigest(key: string): boolean {
  return key.startsWith('#')
}
