import { against } from './against.js'
import { storeContract } from './contract.js'
import { networkContract } from './network.js'
import { postgresDatabase } from './servers.js'
import { sharedContract } from './shared.js'

await against('PostgreSQL', 'POSTGRES_URL', postgresDatabase, (database) => {
  storeContract({ name: 'postgres', ...database })
  sharedContract({ name: 'postgres', ...database })
  networkContract('postgres', database)
})
