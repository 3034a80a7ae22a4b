/** Names that are words too: masked only where they are written as a name. */
const WORDS = new Set(
  'will mark bill rose grace hope may june april august price page cash grant frank rich sue pat jack art chance chase faith joy dawn summer young long short brown white black green gray grey king day best wise good love lane wood field stone bank baker cook smith dean guy max miles penny ruby violet lily iris ivy heather holly robin jay drew ray rob nick bob don ben al an my so he to no be do in on support bot service team info sales help admin hotel test user customer agent order online office home mobile shop store person phone email card iban url'.split(
    ' ',
  ),
)
/** Shorter parts of a name are too often something else. */
const SHORTEST = 3
const CJK = /[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]/
const LETTER = /[\p{L}\p{M}\p{N}]/u

interface Name {
  /** As it is looked for, in lower case. */
  text: string
  /** Who it is, or the name itself where several go by it. */
  value: string
  /** Only with a capital letter. */
  proper: boolean
}

/**
 * Finds the names of a list of people in texts. A text is gone through once, character by character; a small table tells
 * at the end of most words that no name begins with it.
 */
export class Names {
  private readonly byFirst = new Map<string, Name[]>()
  private readonly hashes = new Uint8Array(1 << 16)
  /** Names in scripts without spaces, by their first two characters. */
  private readonly unspaced = new Map<string, string[]>()

  /** @param person - the key of who goes by the name. */
  add(name: string, person: string): void {
    const whole = name.trim().replace(/^@/, '').replace(/\s+/g, ' ')
    if (whole.length < 2 || whole.length > 100 || /^[\d\s+().-]*$/.test(whole) || whole.includes('@')) return
    if (CJK.test(whole)) {
      const bare = whole.replace(/\s/g, '')
      if (bare.length >= 2) this.list(this.unspaced, bare.slice(0, 2)).push(bare)
      return
    }
    this.put(whole, person, false)
    for (const part of whole.split(/[\s.,_]+/))
      if (part.length >= SHORTEST && part !== whole) this.put(part, person, true)
  }

  private put(name: string, person: string, part: boolean): void {
    const text = name.toLowerCase()
    const first = firstWord(text)
    if (first.length < 2) return
    const names = this.list(this.byFirst, first)
    const other = names.find((one) => one.text === text)
    // Two Annas: which one is meant nobody can tell.
    if (other) other.value = other.value === person ? person : text
    else names.push({ text, value: person, proper: WORDS.has(text) || (part && text.length === SHORTEST) })
    names.sort((a, b) => b.text.length - a.text.length)
    const word = name.slice(0, first.length)
    for (const form of [word, first, word.toUpperCase(), first.charAt(0).toUpperCase() + first.slice(1)]) {
      this.hashes[hashOf(form)] = 1
    }
  }

  private list<T>(map: Map<string, T[]>, key: string): T[] {
    const known = map.get(key)
    if (known) return known
    const made: T[] = []
    map.set(key, made)
    return made
  }

  mask(text: string, put: (value: string) => string): string {
    let masked = ''
    let copied = 0
    for (let at = 0; at < text.length; ) {
      let code = text.charCodeAt(at)
      if (!isLetter(code)) {
        at++
        continue
      }
      const start = at
      let hash = 0
      while (isLetter(code)) {
        hash = (Math.imul(hash, 31) + code) | 0
        if (code >= 0x3040 && this.unspaced.size > 0) {
          const name = this.unspacedAt(text, at)
          if (name !== undefined) {
            masked += text.slice(copied, at) + put(name)
            at += name.length
            copied = at
            code = text.charCodeAt(at)
            continue
          }
        }
        code = text.charCodeAt(++at)
      }
      if (this.hashes[(hash ^ (hash >>> 16)) & 0xffff] === 0 || at - start > 100) continue
      const name = this.nameAt(text, start, at)
      if (!name || start < copied) continue
      masked += text.slice(copied, start) + put(name.value)
      copied = start + name.text.length
      at = Math.max(at, copied)
    }
    return copied === 0 ? text : masked + text.slice(copied)
  }

  private unspacedAt(text: string, at: number): string | undefined {
    return this.unspaced.get(text.slice(at, at + 2))?.find((name) => text.startsWith(name, at))
  }

  /** The longest name that begins with this word. */
  private nameAt(text: string, start: number, end: number): Name | undefined {
    const names = this.byFirst.get(text.slice(start, end).toLowerCase())
    return names?.find(({ text: name, proper }) => {
      const stop = start + name.length
      const written = text.slice(start, stop)
      if (written.toLowerCase() !== name || (stop < text.length && LETTER.test(text.charAt(stop)))) return false
      return !proper || written.charAt(0) !== written.charAt(0).toLowerCase()
    })
  }
}

function firstWord(text: string): string {
  let end = 0
  while (isLetter(text.charCodeAt(end))) end++
  return text.slice(0, end)
}

/** Letters of words, roughly: all beyond ASCII but spaces and punctuation marks. */
function isLetter(code: number): boolean {
  if (code < 0x80)
    return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || (code >= 0x30 && code <= 0x39)
  return (
    code >= 0xc0 &&
    code !== 0xd7 &&
    code !== 0xf7 &&
    !(code >= 0x2000 && code <= 0x206f) &&
    !(code >= 0x3000 && code <= 0x303f) &&
    !(code >= 0xff00 && code <= 0xff0f)
  )
}

function hashOf(word: string): number {
  let hash = 0
  for (let n = 0; n < word.length; n++) hash = (Math.imul(hash, 31) + word.charCodeAt(n)) | 0
  return (hash ^ (hash >>> 16)) & 0xffff
}
