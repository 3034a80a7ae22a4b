import { Unusable } from './problems.js'

export type Fields = Record<string, unknown>

/** How an export's values are looked at: millions of them, so by hand. */
export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function wrong(name: string, value: unknown, wanted: string): never {
  const kind = value === null ? 'null' : Array.isArray(value) ? 'a list' : `a ${typeof value}`
  throw new Unusable(`"${name}" is ${kind}, not ${wanted}`)
}

/** An object, or undefined where there is none. */
export function objectOf(from: Fields, name: string): Fields | undefined {
  const value = from[name]
  if (value === undefined || value === null) return undefined
  return isObject(value) ? value : wrong(name, value, 'an object')
}

/** A text, or undefined where there is none. */
export function textOf(from: Fields, name: string): string | undefined {
  const value = from[name]
  if (value === undefined || value === null) return undefined
  return typeof value === 'string' ? value : wrong(name, value, 'a text')
}

/** An id as a text: exports write them as numbers too. */
export function idOf(from: Fields, name: string): string | undefined {
  const value = from[name]
  if (value === undefined || value === null || value === '') return undefined
  if (typeof value === 'string') return value
  return typeof value === 'number' ? String(value) : wrong(name, value, 'an id')
}

/** A list, empty where there is none. */
export function listOf(from: Fields, name: string): unknown[] {
  const value = from[name]
  if (value === undefined || value === null) return []
  return Array.isArray(value) ? value : wrong(name, value, 'a list')
}

/** A time in Unix seconds: a number of seconds or milliseconds, the same as a text, or a date and time as ISO 8601 has it. */
export function timeOf(from: Fields, name: string): number | undefined {
  const value = from[name]
  if (value === undefined || value === null || value === '') return undefined
  const time = typeof value === 'number' ? seconds(value) : typeof value === 'string' ? parseTime(value) : undefined
  return time ?? wrong(name, value, 'a time')
}

/** @returns Unix seconds, or undefined where the text is neither a number nor ISO 8601. */
export function parseTime(text: string): number | undefined {
  if (/^\s*\d{9,13}(\.\d+)?\s*$/.test(text)) return seconds(Number(text))
  if (!/^\s*\d{4}-\d{2}-\d{2}([T ]|\s*$)/.test(text)) return undefined
  // Without a zone it is UTC, so that an import gives the same on every machine.
  const iso = text
    .trim()
    .replace(' ', 'T')
    .replace(/\s+(?=UTC$|[+-]\d)/, '')
    .replace(/UTC$/, 'Z')
  const time = Date.parse(/T.*(Z|[+-]\d{2}:?\d{2})$/i.test(iso) || !iso.includes('T') ? iso : `${iso}Z`)
  return Number.isNaN(time) ? undefined : time / 1000
}

/** Milliseconds are told from seconds by their size: 10^11 seconds are the year 5138. */
function seconds(value: number): number | undefined {
  if (!Number.isFinite(value) || value < 0) return undefined
  return value >= 1e11 ? value / 1000 : value
}
