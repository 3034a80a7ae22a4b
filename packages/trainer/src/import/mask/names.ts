import { isLetter, next, signsIn, UNSPACED, WordSet } from './signs.js'

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
 * Finds the names of a list of people in texts. A text is gone through once, character by character; a set of words tells
 * at the end of most words that no name begins with it.
 */
export class Names {
  private readonly byFirst = new Map<string, Name[]>()
  private readonly firsts = new WordSet()
  /** Names in scripts without spaces, by their first two characters. */
  private readonly unspaced = new Map<string, string[]>()

  /** @param person - the key of who goes by the name. */
  add(name: string, person: string): void {
    const whole = name.trim().replace(/^@/, '').replace(/\s+/g, ' ')
    if (whole.length < 2 || whole.length > 100 || /^[\d\s+().-]*$/.test(whole) || whole.includes('@')) return
    if (CJK.test(whole)) {
      const bare = whole.replace(/\s/g, '')
      if (bare.length < 2) return
      this.list(this.unspaced, bare.slice(0, 2)).push(bare)
      this.firsts.unspaced = true
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
      this.firsts.add(form)
    }
  }

  private list<T>(map: Map<string, T[]>, key: string): T[] {
    const known = map.get(key)
    if (known) return known
    const made: T[] = []
    map.set(key, made)
    return made
  }

  /** What may have to be masked in a text, this list's names among it. */
  signs(text: string): number {
    return signsIn(text, this.firsts)
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
        hash = next(hash, code)
        if (code >= UNSPACED && this.unspaced.size > 0) {
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
      if (!this.firsts.has(hash) || at - start > 100) continue
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
