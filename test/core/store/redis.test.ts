import { storeContract } from './contract.js'
import { against, redisDatabase } from './servers.js'
import { sharedContract } from './shared.js'

await against('Redis', 'REDIS_URL', redisDatabase, (database) => {
  storeContract({ name: 'redis', ...database })
  sharedContract('redis', database)
})
