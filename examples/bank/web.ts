import { fileURLToPath } from 'node:url'
import { web } from '@colloquy/adapters/web'
import { classifier, reason } from '@colloquy/core'
import { sqlite } from '@colloquy/core/store/sqlite'
import { bankBot, GREETING } from './bot.js'
import { memoryBank } from './memory.js'

const { PORT = '3000', BANK_DB = 'bank.db' } = process.env

try {
  const page = web({ port: Number(PORT), title: 'Marram Bank', greeting: GREETING })
  const nlu = await classifier(fileURLToPath(new URL('model', import.meta.url)))
  const bot = bankBot({ bank: memoryBank(), classifier: nlu, store: sqlite(BANK_DB), channels: [page] })
  await bot.start()
  console.log(`Marram Bank answers at ${page.url} (Ctrl-C stops it)`)
  const stop = () => bot.stop().then(() => nlu.close())
  process.once('SIGINT', stop).once('SIGTERM', stop)
} catch (error) {
  console.error(reason(error))
  process.exitCode = 1
}
