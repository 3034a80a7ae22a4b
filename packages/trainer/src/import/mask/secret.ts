import { createHmac, randomBytes } from 'node:crypto'

/** No vowels and no digits: a placeholder spells nothing, and looks like no number. */
const LETTERS = 'bcdfghjkmnpqrstvwxz'
const LENGTH = 7
/** How many placeholders are remembered, to be faster. */
const REMEMBERED = 20_000

/**
 * Names what was masked: the same value always gets the same letters, and nobody without the key can find out which value
 * it was, though there are few enough telephone numbers to try them all. Nothing is kept, so that an export of any size
 * can be masked.
 */
export class Placeholders {
  private readonly key: string | Buffer
  private readonly known = new Map<string, string>()

  /** @param key - the same key gives the same letters in another run; without one they are good for this run only. */
  constructor(key: string | undefined) {
    this.key = key ?? randomBytes(32)
  }

  /** `email-kqzwhcd` */
  of(kind: string, value: string): string {
    const id = `${kind}\n${value}`
    const known = this.known.get(id)
    if (known !== undefined) return known
    let number = createHmac('sha256', this.key).update(id).digest().readUIntBE(0, 6)
    let letters = ''
    for (let n = 0; n < LENGTH; n++) {
      letters += LETTERS[number % LETTERS.length]
      number = Math.floor(number / LETTERS.length)
    }
    if (this.known.size >= REMEMBERED) this.known.clear()
    const made = `${kind}-${letters}`
    this.known.set(id, made)
    return made
  }
}
