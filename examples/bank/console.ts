import { fileURLToPath } from 'node:url'
import { classifier, memory } from '@colloquy/core'
import { terminal } from '../console/channel.js'
import { bankBot } from './bot.js'
import { memoryBank } from './memory.js'

const nlu = await classifier(fileURLToPath(new URL('model', import.meta.url)))
const bot = bankBot({ bank: memoryBank(), classifier: nlu, store: memory(), channels: [terminal()] })
await bot.start()
console.log('Marram Bank listens: type, Enter sends (Ctrl-C stops it)')
const stop = () => bot.stop().then(() => nlu.close())
process.once('SIGINT', stop).once('SIGTERM', stop)
