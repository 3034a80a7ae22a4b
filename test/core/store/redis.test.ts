import { against } from './against.js'
import { storeContract } from './contract.js'
import { networkContract } from './network.js'
import { redisDatabase } from './servers.js'
import { sharedContract } from './shared.js'

await against('Redis', 'REDIS_URL', redisDatabase, (database) => {
  storeContract({ name: 'redis', ...database })
  sharedContract({ name: 'redis', ...database })
  networkContract('redis', database)
})
