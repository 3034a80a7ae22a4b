/** JSON of somebody else's: nothing in it is trusted to have the shape that it should. */
export type Fields = Record<string, unknown>

/** A string; anything else is an empty one. */
export function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** An object; anything else is an empty one. */
export function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}
}

/** A list of objects; anything else is an empty one. */
export function list(value: unknown): Fields[] {
  return Array.isArray(value) ? value.map(fields) : []
}

/** A text without control characters and half surrogate pairs, which some stores and terminals cannot hold. */
export function printable(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/(?![\n\t])[\p{Cc}\p{Cs}]/gu, '')
    .trim()
}
