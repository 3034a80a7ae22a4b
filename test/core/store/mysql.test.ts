import { storeContract } from './contract.js'
import { against, mysqlDatabase } from './servers.js'
import { sharedContract } from './shared.js'

await against('MySQL', 'MYSQL_URL', mysqlDatabase, (database) => {
  storeContract({ name: 'mysql', ...database })
  sharedContract('mysql', database)
})
