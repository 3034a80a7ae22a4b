import { fileURLToPath } from 'node:url'
import { classifier, memory } from '@colloquy/core'
import { bankBot } from './bot.js'
import { faq } from './faq.js'
import { memoryBank } from './memory.js'

const nlu = await classifier(fileURLToPath(new URL('model', import.meta.url)))

const fallback = await faq((text) => nlu.embed(text))

/** The bot on sample accounts, anew for each conversation: `npx colloquy replay FILE --bot examples/bank/replay.ts`. */
export default (at: number) =>
  bankBot({ bank: memoryBank(undefined, new Date(at)), fallback, classifier: nlu, store: memory(), channels: [] })
