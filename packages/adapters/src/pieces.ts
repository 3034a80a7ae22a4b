import { setTimeout } from 'node:timers/promises'
import { ColloquyError, type OutgoingMessage } from '@colloquy/core'

/** Services fail for a moment now and then: this often, a message is tried again at once. */
const BLIPS = 3

/** What stands of a message: the service's ids of its pieces. */
export type Standing = Map<number, string>

/** Messages that take several calls, each of which is made once, whatever fails in between. */
export class Pieces {
  private readonly unfinished = new Map<string, Standing>()

  /**
   * Makes the calls of a message that have not been made, and gives the id of the first piece.
   *
   * @param look - adds what stands already, where it cannot be known: a call that failed may have been heard all the same,
   *   and so may one of a process that has died.
   */
  async each(
    { id, again }: OutgoingMessage,
    calls: readonly ((done: Standing) => Promise<string>)[],
    look: (done: Standing) => Promise<void>,
  ): Promise<string> {
    for (let failures = 1; ; failures++) {
      const before = this.unfinished.get(id)
      const done = before ?? new Map<number, string>()
      this.unfinished.set(id, done)
      try {
        if (again || before) await look(done)
        for (const [n, call] of calls.entries()) if (!done.has(n)) done.set(n, await call(done))
        this.unfinished.delete(id)
        return done.get(0) ?? ''
      } catch (error) {
        const told = error instanceof ColloquyError
        if (told && error.code === 'bad_message') this.unfinished.delete(id)
        if (told || failures > BLIPS) throw error
        await setTimeout(100 * 2 ** failures)
      }
    }
  }
}
