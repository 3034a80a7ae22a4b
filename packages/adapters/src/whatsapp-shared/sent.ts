import { ColloquyError } from '@colloquy/core'

/** Of how many messages WhatsApp's id is known, so that a reaction tells what it rates. */
const REMEMBERED = 2000

/** What has been sent. One message of the bot's may take several of WhatsApp's. */
export class Sent {
  /** How many calls of a message have been made, so that an error half way does not repeat them. */
  private readonly progress = new Map<string, number>()
  private readonly ours = new Map<string, string>()

  /** Makes the calls of a message that have not been made yet; each gives WhatsApp's id of what it has sent. */
  async each(message: string, calls: readonly (() => Promise<string>)[]): Promise<void> {
    try {
      for (const [n, call] of calls.entries()) {
        if (n < (this.progress.get(message) ?? 0)) continue
        this.remember(await call(), message)
        this.progress.set(message, n + 1)
      }
      this.progress.delete(message)
    } catch (error) {
      if (error instanceof ColloquyError && error.code === 'bad_message') this.progress.delete(message)
      throw error
    }
  }

  /** The message that WhatsApp knows by this id. */
  message(id: string): string | undefined {
    return this.ours.get(id)
  }

  private remember(id: string, message: string): void {
    this.ours.set(id, message)
    const [oldest] = this.ours.keys()
    if (this.ours.size > REMEMBERED && oldest !== undefined) this.ours.delete(oldest)
  }
}
