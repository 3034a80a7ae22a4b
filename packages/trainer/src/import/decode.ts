import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { ColloquyError, reason } from '@colloquy/core'
import type { Entry } from './source.js'

/** The bytes of a file as UTF-8 without a byte order mark, whatever it was written in; `.gz` is unpacked. */
export async function* decoded(entry: Entry): AsyncGenerator<Buffer> {
  const chunks = entry.name.endsWith('.gz') ? unpacked(entry) : entry.read()
  let utf16: InstanceType<typeof TextDecoder> | undefined
  let first: Buffer | undefined
  for await (const chunk of chunks) {
    if (first) {
      const out = utf16 ? Buffer.from(utf16.decode(chunk, { stream: true })) : chunk
      if (out.length > 0) yield out
      continue
    }
    first = chunk
    const [encoding, mark] = encodingOf(chunk)
    if (encoding !== 'utf-8') utf16 = new TextDecoder(encoding)
    const rest = chunk.subarray(mark)
    const out = utf16 ? Buffer.from(utf16.decode(rest, { stream: true })) : rest
    if (out.length > 0) yield out
  }
  const last = Buffer.from(utf16?.decode() ?? '')
  if (last.length > 0) yield last
}

/** By its mark or, as few texts hold a NUL, by where its zero bytes are: the name and how long the mark is. */
function encodingOf(bytes: Buffer): [string, number] {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return ['utf-16le', 2]
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return ['utf-16be', 2]
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return ['utf-8', 3]
  if (bytes.length >= 4 && bytes[0] !== 0 && bytes[1] === 0 && bytes[2] !== 0 && bytes[3] === 0) return ['utf-16le', 0]
  if (bytes.length >= 4 && bytes[0] === 0 && bytes[1] !== 0 && bytes[2] === 0 && bytes[3] !== 0) return ['utf-16be', 0]
  return ['utf-8', 0]
}

async function* unpacked(entry: Entry): AsyncGenerator<Buffer> {
  try {
    // The callback only keeps the failure from being thrown twice: destroying the last stream raises it in the loop.
    yield* pipeline(Readable.from(entry.read()), createGunzip(), () => {})
  } catch (error) {
    if (error instanceof ColloquyError) throw error
    throw new ColloquyError(
      'bad_data',
      `${entry.name} cannot be unpacked: ${reason(error)}.`,
      'Is it a whole gzip file?',
    )
  }
}
