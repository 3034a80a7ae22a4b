// The bank's bot on a port and a database of its own, with words in place of a model: for tests that kill it.
import { web } from '@colloquy/adapters/web'
import { sqlite } from '@colloquy/core/store/sqlite'
import { byPattern } from '@colloquy/core/testing'
import { bankBot, GREETING } from '../../examples/bank/bot.js'
import { bank, labels } from '../examples/talk.js'

const [port, file = ''] = process.argv.slice(2)
const page = web({ port: Number(port), title: 'Marram Bank', greeting: GREETING })
const classifier = byPattern({ lost_or_stolen_card: /stolen/, exchange_via_app: /exchange/ }, labels)
await bankBot({ bank: bank(), classifier, store: sqlite(file), channels: [page] }).start()
console.log(page.url)
