import { afterAll, describe, it } from 'vitest'
import type { Database } from './servers.js'

/** Runs a suite where its database answers; elsewhere says what to start, and fails where that must not pass unseen. */
export async function against(
  name: string,
  variable: string,
  start: () => Promise<Database>,
  suite: (database: Database) => void,
) {
  const database = await start().catch((error: Error) => error)
  if (!(database instanceof Error)) {
    afterAll(async () => {
      await database.drop()
      await database.end()
    })
    return suite(database)
  }
  const told = `${name} as a store: start ${name}, or say where it is in ${variable}`
  if (process.env.CI) {
    it(told, () => {
      throw database
    })
  } else {
    console.warn(`skipped: ${told} (${database.message})`)
    describe.skip(told, () => it('is not running', () => {}))
  }
}
