import { isUtf8 } from 'node:buffer'
import { ColloquyError } from '@colloquy/core'
import type { Problems } from './problems.js'

/** Whole lines as one text: taking a file apart line by line in an async loop would be most of the work. */
export interface Block {
  text: string
  /** The number of the first line, from 1. */
  line: number
}

const NEWLINE = 0x0a
/** The longest line, or value, that is read. */
export const LONGEST = 128 << 20

/** A file as blocks of whole lines. A line that is not UTF-8 is a problem, and its broken bytes become `�`. */
export async function* blocks(chunks: AsyncIterable<Buffer>, file: string, problems: Problems): AsyncGenerator<Block> {
  let line = 1
  let pending: Buffer[] = []
  let held = 0
  const block = (bytes: Buffer): Block => {
    if (!isUtf8(bytes)) problems.bad(`${file}:${line + badLine(bytes)}`, 'the line is not valid UTF-8')
    return { text: bytes.toString('utf8'), line }
  }
  for await (const chunk of chunks) {
    const end = chunk.lastIndexOf(NEWLINE) + 1
    if (end > 0) {
      const first = chunk.subarray(0, end)
      const made = block(pending.length > 0 ? Buffer.concat([...pending, first]) : first)
      yield made
      line += newlines(made.text)
      pending = []
      held = 0
    }
    if (end < chunk.length) pending.push(chunk.subarray(end))
    held += chunk.length - end
    if (held > LONGEST) throw new ColloquyError('bad_data', `${file}:${line}: the line is longer than 128 MB.`)
  }
  if (pending.length > 0) yield block(Buffer.concat(pending))
}

function newlines(text: string): number {
  let count = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++
  return count
}

/** Which line of a block is broken. */
function badLine(bytes: Buffer): number {
  let line = 0
  for (let start = 0; start < bytes.length; line++) {
    const end = bytes.indexOf(NEWLINE, start)
    const stop = end < 0 ? bytes.length : end
    if (!isUtf8(bytes.subarray(start, stop))) return line
    start = stop + 1
  }
  return line
}
