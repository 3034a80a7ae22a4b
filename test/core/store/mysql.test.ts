import { against } from './against.js'
import { storeContract } from './contract.js'
import { mysqlDatabase } from './servers.js'
import { networkContract, sharedContract } from './shared.js'

await against('MySQL', 'MYSQL_URL', mysqlDatabase, (database) => {
  storeContract({ name: 'mysql', ...database })
  sharedContract({ name: 'mysql', ...database })
  networkContract('mysql', database)
})
