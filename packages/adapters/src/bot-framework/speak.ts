import { setTimeout } from 'node:timers/promises'
import { ColloquyError, reason } from '@colloquy/core'
import { type Address, referenceOf } from './address.js'
import type { Context, Sdk } from './sdk.js'

/** What the service asks to be tried again: nothing was taken. And what it will never take. */
const AGAIN = [412, 429, 502, 503, 504]
const NEVER = [400, 403, 404, 413]
/** How often a call is tried, the longest wait in between, and how long it may take; milliseconds. */
const TRIES = 4
const LONGEST_WAIT = 20_000
const PATIENCE = 60_000

/** What either library throws where the service does not take a call. */
interface Failure {
  status?: number
  statusCode?: number
  response?: { headers?: { get(name: string): string | null | undefined } }
}

/**
 * Says one thing in a conversation, and gives the id that it has there now. Waits as long as the service asks for.
 *
 * @throws {@link ColloquyError} `bad_message` where the service never takes it, and `channel_failed` where it may later:
 *   without what the libraries add to their errors, tokens included.
 */
export async function converse(
  sdk: Sdk,
  address: Address,
  speak: (on: Context) => Promise<unknown>,
): Promise<string | undefined> {
  for (let tries = 1; ; tries++) {
    let said: unknown
    const late = setTimeout(PATIENCE, undefined, { ref: false }).then(() => Promise.reject(new Error('no answer')))
    const spoken = sdk.converse(referenceOf(address), async (on) => {
      said = await speak(on)
    })
    try {
      await Promise.race([spoken, late])
      return (said as { id?: string } | undefined)?.id
    } catch (error) {
      if (error instanceof ColloquyError) throw error
      const { status = 0, statusCode = status, response } = error as Failure
      const wait = Number(response?.headers?.get('retry-after') ?? 1) * 1000
      if (AGAIN.includes(statusCode) && tries < TRIES && wait <= LONGEST_WAIT) await setTimeout(wait)
      else {
        const code = NEVER.includes(statusCode) ? 'bad_message' : 'channel_failed'
        throw new ColloquyError(code, `The service has not taken a message: ${reason(error)}.`)
      }
    }
  }
}
