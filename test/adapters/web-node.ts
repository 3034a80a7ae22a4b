import { web } from '@colloquy/adapters/web'
import { redis } from '@colloquy/core/store/redis'
import { shopBot } from './contract/shop.js'

// One node of several, in a process of its own: web-node.ts REDIS PREFIX FOLDER. It writes down where it is.
const [url = '', prefix = '', folder = ''] = process.argv.slice(2)
const page = web({ port: 0, redis: url, uploads: { folder } })
const bot = shopBot({ store: redis(url, { prefix }), channels: [page] })
await bot.start()
process.once('SIGTERM', () => void bot.stop())
console.log(page.url)
