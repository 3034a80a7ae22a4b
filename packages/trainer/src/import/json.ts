import { isUtf8 } from 'node:buffer'
import { reason } from '@colloquy/core'
import { type Fields, isObject } from './fields.js'
import { blocks } from './lines.js'
import { ListItems } from './list-items.js'
import type { Message } from './message.js'
import { type Problems, Unusable } from './problems.js'

/** A value of a JSON file and where it stands: `export.json[3]`, `export.json:12` for a line. */
export interface Item {
  value: unknown
  source: string
}

/** What tells how a file is made: its first bytes. */
const HEAD = 1 << 16
/** A file of a list that is no larger than this is parsed at once, which takes half as long. */
const SMALL = 4 << 20
/** Bytes of a list that are parsed together. */
const PIECE = 32 << 10

/**
 * The values of a JSON file of any size, some at a time: the elements of a list, or of the list that an object holds under
 * one of the names in `lists` (`{"value": […]}`), the object itself where it has none, or one value after another, a line
 * each (JSONL).
 */
export async function* items(
  chunks: AsyncIterable<Buffer>,
  file: string,
  lists: readonly string[],
  problems: Problems,
): AsyncGenerator<Item[]> {
  const [head, all, whole] = await peek(chunks, SMALL)
  const small = whole ? smallList(head, file) : undefined
  if (small) return yield small
  const read = isLines(head) ? lineItems(all, file, problems) : new ListItems(file, lists, problems).read(head, all)
  for await (const found of read) yield found.some(({ value }) => listIn(value, lists)) ? spread(found, lists) : found
}

/** The messages that a format makes of values; one that it cannot use is a problem of its place. */
export function each(
  found: readonly Item[],
  of: (value: Fields, source: string) => Message | Message[],
  problems: Problems,
): Message[] {
  const messages: Message[] = []
  for (const { value, source } of found) {
    try {
      if (!isObject(value)) throw new Unusable('it is no object')
      const made = of(value, source)
      if (Array.isArray(made)) messages.push(...made)
      else messages.push(made)
    } catch (error) {
      if (!(error instanceof Unusable)) throw error
      problems.bad(source, error.message)
    }
  }
  return messages
}

/** A list of objects as it is; undefined where there is anything else, or anything wrong, for others to say where. */
function smallList(bytes: Buffer, file: string): Item[] | undefined {
  if (!/^\s*\[/.test(bytes.toString('latin1', 0, 20)) || !isUtf8(bytes)) return undefined
  try {
    const found: Item[] = []
    for (const text of shorter(bytes)) {
      const list: unknown = JSON.parse(text)
      if (!Array.isArray(list)) return undefined
      for (const value of list) {
        if (!isObject(value)) return undefined
        found.push({ value, source: `${file}[${found.length}]` })
      }
    }
    return found
  } catch {
    return undefined
  }
}

/**
 * The text of a list as texts of several shorter ones, cut between elements that stand on lines of their own: what stays in
 * the processor's cache is parsed half as fast again. Each of them is JSON only if the whole is.
 */
function* shorter(bytes: Buffer): Generator<string> {
  const [, indent] = /^\s*\[(\n[ \t]*)\{/.exec(bytes.toString('latin1', 0, 40)) ?? []
  let from = 0
  while (indent !== undefined) {
    const end = bytes.indexOf(`${indent}},${indent}{`, from + PIECE)
    if (end < 0) break
    const to = end + indent.length + 1
    yield `${from > 0 ? '[' : ''}${bytes.toString('utf8', from, to)}]`
    from = to + 1
  }
  yield `${from > 0 ? '[' : ''}${bytes.toString('utf8', from)}`
}

/** The first bytes, everything with them, and whether the first bytes are everything. */
export async function peek(
  chunks: AsyncIterable<Buffer>,
  size = HEAD,
): Promise<[head: Buffer, all: AsyncIterable<Buffer>, whole: boolean]> {
  const iterator = chunks[Symbol.asyncIterator]()
  const parts: Buffer[] = []
  let [held, whole] = [0, false]
  while (held < size && !whole) {
    const { done, value } = await iterator.next()
    if (done) whole = true
    else {
      parts.push(value)
      held += value.length
    }
  }
  const head = parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts)
  async function* all(): AsyncGenerator<Buffer> {
    try {
      if (head.length > 0) yield head
      for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value
    } finally {
      await iterator.return?.()
    }
  }
  return [head, all(), whole]
}

/** Whether each line is a value: the first two begin with a brace, and the first is whole. */
function isLines(head: Buffer): boolean {
  const [first = '', second = ''] = head.toString('utf8', 0, HEAD).trimStart().split('\n', 2)
  if (!first.startsWith('{') || !/^\s*(\{|$)/.test(second)) return false
  try {
    JSON.parse(first)
    return second.trim() !== ''
  } catch {
    return /\}\s*$/.test(first) && /^\s*\{/.test(second)
  }
}

async function* lineItems(chunks: AsyncIterable<Buffer>, file: string, problems: Problems): AsyncGenerator<Item[]> {
  for await (const { text, line } of blocks(chunks, file, problems)) {
    const found: Item[] = []
    let number = line
    for (let start = 0; start < text.length; number++) {
      const end = text.indexOf('\n', start)
      const row = text.slice(start, end < 0 ? undefined : end).trim()
      start = end < 0 ? text.length : end + 1
      if (row === '') continue
      try {
        found.push({ value: JSON.parse(row), source: `${file}:${number}` })
      } catch (error) {
        problems.bad(`${file}:${number}`, `the line is not JSON: ${reason(error)}`)
      }
    }
    if (found.length > 0) yield found
  }
}

/** The list of an object that only wraps it. */
function listIn(value: unknown, lists: readonly string[]): [string, unknown[]] | undefined {
  if (!isObject(value)) return undefined
  for (const name of lists) {
    const list = value[name]
    if (Array.isArray(list)) return [name, list]
  }
  return undefined
}

function spread(found: Item[], lists: readonly string[]): Item[] {
  return found.flatMap((item) => {
    const [name, list] = listIn(item.value, lists) ?? []
    return list ? list.map((value, index) => ({ value, source: `${item.source}.${name}[${index}]` })) : item
  })
}
