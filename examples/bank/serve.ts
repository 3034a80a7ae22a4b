import { fileURLToPath } from 'node:url'
import { type Channel, classifier, reason } from '@colloquy/core'
import { sqlite } from '@colloquy/core/store/sqlite'
import { endpoint } from '@colloquy/core/transcribe/endpoint'
import { bankBot } from './bot.js'
import { faq } from './faq.js'
import { memoryBank } from './memory.js'

const { BANK_DB = 'bank.db', DESK, INSPECT, SPEECH_URL, SPEECH_MODEL = 'whisper-1', SPEECH_KEY } = process.env

/** Runs the bank's bot on some channels until Ctrl-C; `made` makes them, so that what is missing is told in a line. */
export async function serve(made: () => Channel[], ready: () => string): Promise<void> {
  try {
    const nlu = await classifier(fileURLToPath(new URL('model', import.meta.url)))
    const bot = bankBot({
      bank: memoryBank(),
      classifier: nlu,
      store: sqlite(BANK_DB),
      channels: made(),
      fallback: await faq((text) => nlu.embed(text)),
      inspect: INSPECT === '1',
      // Such as `slack:C0123456789`: the room where people take over.
      ...(DESK && { desk: { channel: DESK.split(':')[0] ?? '', room: DESK.split(':').slice(1).join(':') } }),
      ...(SPEECH_URL && {
        transcribe: endpoint({ url: SPEECH_URL, model: SPEECH_MODEL, ...(SPEECH_KEY && { apiKey: SPEECH_KEY }) }),
      }),
    })
    await bot.start()
    console.log(`${ready()} (Ctrl-C stops it)`)
    if (bot.inspector) console.log(`Watch conversations at ${bot.inspector}`)
    const stop = () => bot.stop().then(() => nlu.close())
    process.once('SIGINT', stop).once('SIGTERM', stop)
  } catch (error) {
    console.error(reason(error))
    process.exitCode = 1
  }
}
