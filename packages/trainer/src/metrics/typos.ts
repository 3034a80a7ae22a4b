import { createHash } from 'node:crypto'

/** Letters between two slips. */
const EVERY = 20

/** The keys of a QWERTY keyboard. */
const ROWS = ['qwertyuiop', 'asdfghjkl', 'zxcvbnm']

/**
 * A text as a hurried person types it: one slip in about twenty letters and at least one (two letters swapped, one left out,
 * doubled, or its neighbour on the keyboard), always the same for the same text.
 *
 * @example
 * ```ts
 * withTypos('where is my card') === withTypos('where is my card') // true, and not 'where is my card'
 * ```
 */
export function withTypos(text: string): string {
  const letters = [...text]
  const bytes = createHash('sha256').update(text).digest()
  const places = letters.flatMap((_, i) => (isLetter(letters[i - 1]) && isLetter(letters[i]) ? [i] : []))
  const slips = Math.min(8, Math.ceil(places.length / EVERY))
  // From the back, so that the places before stay where they are.
  for (let n = slips - 1; n >= 0; n--) {
    const within = places.slice(Math.floor((n * places.length) / slips), Math.floor(((n + 1) * places.length) / slips))
    const at = within[bytes.readUInt16BE(2 * n) % within.length] ?? 0
    letters.splice(at - 1, 2, ...slip(letters[at - 1] ?? '', letters[at] ?? '', bytes.readUInt8(16 + n)))
  }
  return letters.join('')
}

function slip(before: string, letter: string, chance: number): string[] {
  const row = ROWS.find((keys) => keys.includes(letter))
  const neighbour = row?.[row.indexOf(letter) + (chance & 4 && letter !== row[0] ? -1 : 1)] ?? row?.at(-2)
  if (chance % 4 === 0 && neighbour) return [before, neighbour]
  if (chance % 4 === 1) return [before]
  if (chance % 4 === 2 || before === letter) return [before, letter, letter]
  return [letter, before]
}

const isLetter = (character: string | undefined) => character !== undefined && /\p{L}/u.test(character)
