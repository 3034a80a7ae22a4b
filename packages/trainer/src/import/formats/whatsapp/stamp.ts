import { half } from './words.js'

/** The date and time that a line begins with, its numbers in the order in which they stand. */
export interface Stamp {
  /** The date's three numbers, in the file's own order. */
  date: [number, number, number]
  /** Seconds since midnight. */
  time: number
  /** Where the rest of the line begins. */
  end: number
}

/** Where the ten digits begin in scripts that phones write dates in, besides ASCII. */
const ZEROS = [
  0x660, 0x6f0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xe50, 0xed0, 0xf20, 0x1040, 0x17e0,
  0x1c50, 0xff10,
]
/** No date and time is longer. */
const LONGEST = 64

function digit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  if (code >= 0x660) for (const zero of ZEROS) if (code >= zero && code < zero + 10) return code - zero
  return -1
}

/** Direction marks, joiners and the byte order mark: they stand between anything and mean nothing here. */
export function isMark(code: number): boolean {
  if (code < 0x61c) return false
  return (
    (code >= 0x200b && code <= 0x200f) ||
    (code >= 0x202a && code <= 0x202e) ||
    (code >= 0x2060 && code <= 0x2069) ||
    code === 0x61c ||
    code === 0xfeff
  )
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0xa0 || code === 0x202f || code === 0x2009 || code === 0x3000 || code === 9
}

/** One for all calls: a million lines are looked at. */
const numbers = [0, 0, 0, 0, 0, 0]

/**
 * Reads `[25.01.24, 14:45:12] ` or `25/1/24, 2:45 p. m. - ` at `from`, in whatever order, digits, half of the day and
 * separators: three numbers that make a date and two or three that make a time, then `]` or a dash.
 */
export function stampAt(text: string, from: number): Stamp | undefined {
  let at = from
  while (isMark(text.charCodeAt(at))) at++
  const bracket = text.charCodeAt(at) === 0x5b
  if (bracket) at++
  else if (digit(text.charCodeAt(at)) < 0) return undefined
  let count = 0
  let timeFirst = false
  let [wordFrom, wordTo] = [0, 0]
  let of: 'am' | 'pm' | undefined
  let dashed = false
  for (const stop = at + LONGEST; at < stop; ) {
    const code = text.charCodeAt(at)
    let value = digit(code)
    if (value >= 0) {
      if (count === 6) return undefined
      if (wordTo > 0) of ??= half(text.slice(wordFrom, wordTo))
      wordTo = 0
      const first = at
      for (let next = digit(text.charCodeAt(++at)); next >= 0; next = digit(text.charCodeAt(++at)))
        value = value * 10 + next
      if (at - first > 4) return undefined
      numbers[count++] = value
      // Only a time has a colon, so what comes before the first one tells which is first.
      if (count === 1) timeFirst = text.charCodeAt(at) === 0x3a
      continue
    }
    if (Number.isNaN(code) || code === 0x0a) return undefined
    if (bracket && code === 0x5d) break
    if (!bracket && count >= 5 && (code === 0x2d || code === 0x2013) && isSpace(text.charCodeAt(at + 1))) {
      if (isSpace(text.charCodeAt(at - 1)) || isMark(text.charCodeAt(at - 1))) {
        dashed = true
        break
      }
    }
    if (!isMark(code) && !isSpace(code) && (code > 0x7f || (code | 0x20) >= 0x61)) {
      if (wordTo === 0) wordFrom = at
      wordTo = at + 1
    }
    at++
  }
  if (count < 5 || (bracket ? text.charCodeAt(at) !== 0x5d : !dashed)) return undefined
  at++
  if (isSpace(text.charCodeAt(at))) at++
  if (wordTo > 0) of ??= half(text.slice(wordFrom, wordTo))
  const time = secondsOf(timeFirst ? 0 : 3, count, of)
  if (time === undefined) return undefined
  const d = timeFirst ? count - 3 : 0
  return { date: [numbers[d] as number, numbers[d + 1] as number, numbers[d + 2] as number], time, end: at }
}

function secondsOf(from: number, count: number, of: 'am' | 'pm' | undefined): number | undefined {
  const [hours, minutes] = [numbers[from] as number, numbers[from + 1] as number]
  const seconds = count === 6 ? (numbers[from + 2] as number) : 0
  if (hours > 24 || minutes > 59 || seconds > 60) return undefined
  // At 12 the halves begin: 12:05 am is 0:05. Languages whose halves we know also write 14:45 pm.
  const hour = of === undefined || hours > 12 ? hours % 24 : (hours % 12) + (of === 'pm' ? 12 : 0)
  return hour * 3600 + minutes * 60 + seconds
}
