import { isUtf8 } from 'node:buffer'
import { ColloquyError, reason } from '@colloquy/core'
import type { Item } from './json.js'
import { LONGEST } from './lines.js'
import type { Problems } from './problems.js'

const [QUOTE, ESCAPE, COMMA] = [0x22, 0x5c, 0x2c]
const [OPEN_LIST, CLOSE_LIST, OPEN, CLOSE] = [0x5b, 0x5d, 0x7b, 0x7d]

/**
 * Follows brackets and quotes byte by byte to find where each value ends, and has `JSON.parse` read it: only one value is
 * held at a time, and what is broken in it costs only itself.
 */
export class ListItems {
  private bytes: Buffer = Buffer.alloc(0)
  private at = 0
  /** Where the value that is being read begins; -1 between values. */
  private start = -1
  /** What earlier chunks hold of it. */
  private pieces: Buffer[] = []
  private held = 0
  private depth = 0
  private quoted = false
  /** The chunk ended after a backslash. */
  private escaped = false
  /** Inside a list rather than in a row of values. */
  private inList = false
  private wrapped = ''
  private index = 0
  private found: Item[] = []

  constructor(
    private readonly file: string,
    private readonly lists: readonly string[],
    private readonly problems: Problems,
  ) {}

  async *read(head: Buffer, chunks: AsyncIterable<Buffer>): AsyncGenerator<Item[]> {
    const inside = listStart(head, this.lists)
    if (inside) this.wrapped = `.${inside.name}`
    for await (const chunk of chunks) {
      this.keep()
      this.bytes = chunk
      this.at = inside && !this.inList && this.index === 0 ? inside.at : 0
      this.inList ||= inside !== undefined
      const done = this.scan()
      if (this.found.length > 0) {
        yield this.found
        this.found = []
      }
      if (done) return
    }
    if (this.start >= 0 && this.depth === 0 && !this.quoted) this.end(this.bytes.length)
    else if (this.start >= 0 || this.inList) {
      this.problems.bad(this.place(), 'the file ends in the middle of it: it was not written to its end')
    }
    if (this.found.length > 0) yield this.found
  }

  private place(): string {
    return `${this.file}${this.wrapped}[${this.index}]`
  }

  private keep(): void {
    if (this.start < 0) return
    this.pieces.push(this.bytes.subarray(this.start))
    this.held += this.bytes.length - this.start
    this.start = 0
    if (this.held > LONGEST) throw new ColloquyError('bad_data', `${this.place()}: the value is longer than 128 MB.`)
  }

  /** @returns whether what follows does not matter. */
  private scan(): boolean {
    const { bytes } = this
    for (const end = bytes.length; this.at < end; ) {
      if (this.depth > 0 || this.quoted) {
        this.skipValue()
        continue
      }
      const byte = bytes[this.at]
      if (byte === QUOTE || byte === OPEN || (byte === OPEN_LIST && (this.inList || this.start >= 0))) {
        if (this.start < 0) this.start = this.at
        if (byte === QUOTE) this.quoted = true
        else this.depth = 1
      } else if (byte === OPEN_LIST) {
        this.inList = true
        this.index = 0
      } else if (byte === CLOSE || byte === CLOSE_LIST) {
        if (this.start >= 0) this.end(this.at)
        if (byte === CLOSE || !this.inList) this.problems.bad(this.place(), 'there is a bracket that closes nothing')
        this.inList = false
        if (this.wrapped) return true
      } else if (byte === COMMA || (byte as number) <= 0x20) {
        if (this.start >= 0) this.end(this.at)
      } else if (this.start < 0) this.start = this.at
      this.at++
    }
    return false
  }

  /** To the end of a value with brackets or quotes, or of the chunk: nearly all of the time goes by here. */
  private skipValue(): void {
    const { bytes } = this
    const end = bytes.length
    let { at, depth, quoted } = this
    if (this.escaped) at++
    for (; at < end; at++) {
      const byte = bytes[at]
      if (quoted) {
        if (byte === ESCAPE) at++
        else if (byte === QUOTE) {
          quoted = false
          if (depth === 0) break
        }
      } else if (byte === QUOTE) quoted = true
      else if (byte === OPEN || byte === OPEN_LIST) depth++
      else if ((byte === CLOSE || byte === CLOSE_LIST) && --depth === 0) break
    }
    this.escaped = at > end
    this.depth = depth
    this.quoted = quoted
    this.at = Math.min(at + 1, end)
    if (at < end) this.end(this.at)
  }

  private end(stop: number): void {
    const last = this.bytes.subarray(this.start, stop)
    const bytes = this.pieces.length > 0 ? Buffer.concat([...this.pieces, last]) : last
    const text = bytes.toString('utf8')
    const source = this.place()
    this.start = -1
    this.pieces = []
    this.held = 0
    this.index++
    if (text.includes('\ufffd') && !isUtf8(bytes)) this.problems.bad(source, 'it is not valid UTF-8')
    try {
      this.found.push({ value: JSON.parse(text), source })
    } catch (error) {
      this.problems.bad(source, `it is not JSON: ${reason(error)}`)
    }
  }
}

/** Where the first list begins that an object holds under one of these names, and that name. */
function listStart(head: Buffer, lists: readonly string[]): { name: string; at: number } | undefined {
  const text = head.toString('latin1')
  if (!/^\s*\{/.test(text)) return undefined
  // Texts are stepped over, so that brackets in them do not count.
  const tokens = /"((?:[^"\\]|\\.)*)"(\s*:\s*\[)?|[[\]{}]/g
  let depth = 0
  for (let token = tokens.exec(text); token; token = tokens.exec(text)) {
    const [all, name, opens] = token
    if (name === undefined) depth += all === '{' || all === '[' ? 1 : -1
    else if (opens && depth === 1 && lists.includes(name)) return { name, at: tokens.lastIndex }
    else if (opens) depth++
    if (depth === 0) return undefined
  }
  return undefined
}
