import { sqlite } from '@colloquy/core/store/sqlite'
import type { RemoteModule } from './remote.js'
import { shopBot } from './shop.js'

// A bot in a process of its own, to be killed: child.ts MODULE OPTIONS DATABASE
const [place = '', options = 'null', database = ''] = process.argv.slice(2)
const { remote }: { remote: RemoteModule } = await import(place)
const bot = shopBot({ store: sqlite(database), channels: [remote.connect(JSON.parse(options))] })
await bot.start()
console.log('ready')
