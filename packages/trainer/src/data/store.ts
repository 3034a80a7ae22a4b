import { stat } from 'node:fs/promises'
import { ColloquyError, type LogEvent, plainText } from '@colloquy/core'
import { sqlite } from '@colloquy/core/store/sqlite'
import type { Transcript, Turn } from './transcript.js'

/**
 * Reads the conversations out of a bot's SQLite store, in the order in which they began. With `since`, only those in
 * which something happened at or after that time (milliseconds since 1970), whole.
 *
 * @throws {@link ColloquyError} `bad_data` where there is no such file; `store_unavailable` where it is no store.
 */
export async function* readStore(path: string, since = 0): AsyncGenerator<Transcript> {
  const found = await stat(path).catch(() => undefined)
  if (!found?.isFile()) {
    throw new ColloquyError(
      'bad_data',
      `${path}: there is no such file.`,
      'Give --store the file of the bot: sqlite(path).',
    )
  }
  const store = sqlite(path)
  await store.open()
  try {
    // Only the ids are held: the log may be larger than memory.
    const channels = new Map<string, string>()
    for await (const event of store.events(since)) channels.set(event.conversation, event.channel)
    for (const [id, channel] of channels) {
      const turns = (await store.history(id, Number.MAX_SAFE_INTEGER)).flatMap(turn)
      if (turns.some(({ role }) => role === 'customer')) yield { id, channel, turns }
    }
  } finally {
    await store.close()
  }
}

function turn(event: LogEvent): Turn[] {
  const ts = event.at / 1000
  if (event.type === 'bot') return [{ role: 'agent', text: plainText(event.message.parts), ts }]
  if (event.type !== 'customer') return []
  const { text, understanding, decision } = event
  const said = understanding && { predicted: understanding.intent, confidence: understanding.confidence }
  return [{ role: 'customer', text, ts, ...said, decision }]
}
