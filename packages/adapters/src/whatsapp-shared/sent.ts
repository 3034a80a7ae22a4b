import type { OutgoingMessage } from '@colloquy/core'
import { Pieces } from '../pieces.js'

/** Of how many messages WhatsApp's id is known, so that a reaction tells what it rates. */
const REMEMBERED = 2000

/** What has been sent. One message of the bot's may take several of WhatsApp's. */
export class Sent {
  private readonly pieces = new Pieces()
  private readonly ours = new Map<string, string>()

  /** Makes the calls of a message that have not been made yet; each gives WhatsApp's id of what it has sent. */
  async each(message: OutgoingMessage, calls: readonly (() => Promise<string>)[]): Promise<void> {
    const noted = calls.map((call) => async () => {
      const id = await call()
      this.remember(id, message.id)
      return id
    })
    // Neither of WhatsApp's ways tells what a process that has died was sending.
    await this.pieces.each(message, noted, async () => {})
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
