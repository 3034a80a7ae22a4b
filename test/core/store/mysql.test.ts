import { against } from './against.js'
import { storeContract } from './contract.js'
import { networkContract } from './network.js'
import { mysqlDatabase } from './servers.js'
import { sharedContract } from './shared.js'

await against('MySQL', 'MYSQL_URL', mysqlDatabase, (database) => {
  storeContract({ name: 'mysql', ...database })
  sharedContract({ name: 'mysql', ...database })
  networkContract('mysql', database)
})
