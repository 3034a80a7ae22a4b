/** What may be in a text that is masked: most messages hold none of it, and one look at each character tells. */
export const AT = 1
export const COLON = 2
/** More than one. */
export const COLONS = 4
/** As many as an address of IP has at least; the number of a telephone has more. */
export const DIGITS = 8
/** A word that somebody's name begins with, perhaps. */
export const NAME = 16

const FEWEST_DIGITS = 4

/** What a character of ASCII is. */
const [OTHER, LETTER, DIGIT, SIGN] = [0, 1, 2, 3]
const KINDS = Uint8Array.from({ length: 0x80 }, (_, code) => {
  const char = String.fromCharCode(code)
  return /[a-z]/i.test(char) ? LETTER : /\d/.test(char) ? DIGIT : char === '@' || char === ':' ? SIGN : OTHER
})

export function signsIn(text: string, names: WordSet): number {
  let [signs, digits, colons, hash, word] = [0, 0, 0, 0, false]
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    const kind = code < 0x80 ? (KINDS[code] as number) : isLetter(code) ? LETTER : OTHER
    if (kind === LETTER || kind === DIGIT) {
      hash = next(hash, code)
      word = true
      if (kind === DIGIT) digits++
      else if (code >= UNSPACED && names.unspaced) signs |= NAME
      continue
    }
    if (word && names.has(hash)) signs |= NAME
    word = false
    hash = 0
    if (kind !== SIGN) continue
    if (code === 0x40) signs |= AT
    else colons++
  }
  if (word && names.has(hash)) signs |= NAME
  if (colons > 0) signs |= colons > 1 ? COLON | COLONS : COLON
  return digits >= FEWEST_DIGITS ? signs | DIGITS : signs
}

/** Where scripts without spaces begin. */
export const UNSPACED = 0x3040

/** Letters of words, roughly: all beyond ASCII but spaces and punctuation marks. */
export function isLetter(code: number): boolean {
  if (code < 0x80) return KINDS[code] === LETTER || KINDS[code] === DIGIT
  return (
    code >= 0xc0 &&
    code !== 0xd7 &&
    code !== 0xf7 &&
    !(code >= 0x2000 && code <= 0x206f) &&
    !(code >= 0x3000 && code <= 0x303f) &&
    !(code >= 0xff00 && code <= 0xff0f)
  )
}

/** The hash of a word that has one letter more. */
export function next(hash: number, code: number): number {
  return (Math.imul(hash, 31) + code) | 0
}

const BITS = 21

/** A set of words that may say yes to a word that is not in it: a bit for the hash of each (Bloom 1970). */
export class WordSet {
  private readonly bits = new Uint32Array(2 ** (BITS - 5))
  /** Whether any name is in a script without spaces, where no word ends. */
  unspaced = false

  add(word: string): void {
    let hash = 0
    for (let n = 0; n < word.length; n++) hash = next(hash, word.charCodeAt(n))
    const at = bitOf(hash)
    this.bits[at >>> 5] = (this.bits[at >>> 5] as number) | (1 << (at & 31))
  }

  has(hash: number): boolean {
    const at = bitOf(hash)
    return (((this.bits[at >>> 5] as number) >>> (at & 31)) & 1) === 1
  }
}

function bitOf(hash: number): number {
  return Math.imul(hash, 0x9e3779b1) >>> (32 - BITS)
}
