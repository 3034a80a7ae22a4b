import { createWriteStream, existsSync } from 'node:fs'
import { mkdtemp, rename, rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { ColloquyError } from '@colloquy/core'
import type { Transcript } from '../data/transcript.js'

/** Bytes that are written at once: a write for each conversation would take longer than all the rest. */
const WRITE = 1 << 18
const NEWLINE = 0x0a

/**
 * Writes conversations as JSONL, one a line. The file appears whole or not at all; one that exists is left alone, as it
 * may hold a person's labels.
 *
 * @returns how many conversations and customer turns were written
 * @throws {@link ColloquyError} `bad_data` where there are no conversations, or `out` exists.
 */
export async function writeTranscripts(
  transcripts: AsyncIterable<Transcript>,
  out: string,
  signal: AbortSignal,
): Promise<{ conversations: number; turns: number }> {
  const place = resolve(out)
  if (existsSync(place)) {
    throw new ColloquyError('bad_data', `${out} exists and may hold labels.`, 'Choose another --out, or remove it.')
  }
  const written = { conversations: 0, turns: 0 }
  async function* lines(): AsyncGenerator<Buffer> {
    let [block, used] = [Buffer.allocUnsafe(WRITE), 0]
    for await (const transcript of transcripts) {
      written.conversations++
      for (const { role } of transcript.turns) if (role === 'customer') written.turns++
      const line = JSON.stringify(transcript)
      // UTF-8 has three bytes at most where UTF-16 has two.
      const most = 3 * line.length + 1
      if (used + most > block.length) {
        yield block.subarray(0, used)
        block = Buffer.allocUnsafe(Math.max(WRITE, most))
        used = 0
      }
      used += block.write(line, used)
      block[used++] = NEWLINE
    }
    yield block.subarray(0, used)
    if (written.conversations === 0) {
      throw new ColloquyError(
        'bad_data',
        'There is no conversation in which a customer says something.',
        'Check --since and --customer.',
      )
    }
  }
  const scratch = await mkdtemp(join(dirname(place), `.${basename(place)}-`))
  try {
    const draft = join(scratch, 'new')
    await pipeline(lines, createWriteStream(draft), { signal })
    await rename(draft, place)
    return written
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}
