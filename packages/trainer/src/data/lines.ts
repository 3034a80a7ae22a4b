import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { ColloquyError, reason } from '@colloquy/core'

/** One line of a file, with the place to name in an error: `file:line`. */
export interface Line {
  text: string
  place: string
}

const NEWLINE = 0x0a

/**
 * The lines of a UTF-8 file that are not blank, read as a stream; a name that ends in `.gz` is unpacked on the way.
 *
 * @throws {@link ColloquyError} `bad_data` where the file cannot be read or unpacked, or a line is not UTF-8.
 */
export async function* readLines(file: string): AsyncGenerator<Line> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let number = 0
  let pending: Buffer[] = []
  const line = (bytes: Buffer): Line => {
    const place = `${file}:${++number}`
    try {
      return { text: decoder.decode(bytes).trim(), place }
    } catch {
      throw new ColloquyError('bad_data', `${place}: the line is not valid UTF-8.`, 'Save the file as UTF-8.')
    }
  }
  for await (const chunk of chunks(file)) {
    let start = 0
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      const found = line(Buffer.concat([...pending, chunk.subarray(start, end)]))
      pending = []
      start = end + 1
      if (found.text) yield found
    }
    pending.push(chunk.subarray(start))
  }
  const last = line(Buffer.concat(pending))
  if (last.text) yield last
}

async function* chunks(file: string): AsyncGenerator<Buffer> {
  const source = createReadStream(file)
  // The callback only keeps the failure from being thrown twice: destroying the last stream raises it in the loop.
  const stream = file.endsWith('.gz') ? pipeline(source, createGunzip(), () => {}) : source
  try {
    yield* stream
  } catch (error) {
    throw unreadable(file, error)
  }
}

function unreadable(file: string, error: unknown): ColloquyError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'ENOENT') return new ColloquyError('bad_data', `${file}: there is no such file.`, 'Check the path.')
  if (code === 'EISDIR') return new ColloquyError('bad_data', `${file} is a folder.`, 'Name the files in it.')
  if (code.startsWith('Z_')) {
    const hint = 'Is it a whole gzip file? Name an unpacked one .jsonl.'
    return new ColloquyError('bad_data', `${file} cannot be unpacked: ${reason(error)}.`, hint)
  }
  return new ColloquyError('bad_data', `${file} cannot be read: ${reason(error)}.`)
}
