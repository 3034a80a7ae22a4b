import { randomBytes } from 'node:crypto'
import { mongodb } from '@colloquy/core/store/mongodb'
import { MongoClient } from 'mongodb'
import { afterAll, describe, it } from 'vitest'
import { storeContract } from './contract.js'
import { sharedContract } from './shared.js'

const url = process.env.MONGODB_URL
if (url) {
  const prefix = `test_${randomBytes(6).toString('hex')}_`
  const admin = await MongoClient.connect(url, { serverSelectionTimeoutMS: 3000 })
  const corner = async () => (await admin.db().collections()).filter((one) => one.collectionName.startsWith(prefix))
  const subject = {
    name: 'mongodb',
    make: () => mongodb(url, { prefix }),
    async clear() {
      for (const collection of await corner()) await collection.deleteMany({})
    },
    async dump() {
      return JSON.stringify(await Promise.all((await corner()).map((one) => one.find().toArray())))
    },
  }
  afterAll(async () => {
    for (const collection of await corner()) await collection.drop()
    await admin.close()
  })
  storeContract(subject)
  sharedContract(subject)
} else {
  describe.skip('mongodb as a store: say where a server is in MONGODB_URL', () => it('has no server', () => {}))
}
