import { setTimeout as sleep } from 'node:timers/promises'
import type { IncomingMessage } from '@colloquy/core'
import type { FromBot } from './bot.js'
import type { Process } from './fleet.js'
import type { Random } from './random.js'
import { rehearse } from './rehearsal.js'
import type { Burst } from './script.js'

/** Messages in quick succession are at most this far apart, in milliseconds. */
const APART = 5
/** A message that nobody has acknowledged is sent again after this long, in milliseconds. */
const PATIENCE = 20_000
/** A customer whom nobody answers goes on after this long, in milliseconds. */
const QUIET = 8000

/** How a customer reaches the bot. */
export interface Network {
  /** A process that is up, whichever. */
  someone(): Promise<Process>
  /** Told of each message on its way. */
  sent(to: Process): void
}

/** A message that the customer has sent, until it is acknowledged. */
interface Sent {
  message: IncomingMessage
  /** Ids that must have been handled before. */
  after: string[]
  /** Who was given it last. */
  to: Process
  acknowledged: boolean
  /** Ends the wait for an acknowledgement. */
  wake: () => void
}

/** Someone who follows a script, sends again what nobody acknowledged, and some things twice. */
export class Customer {
  readonly conversation: string
  readonly sent: Sent[] = []
  /** Replies by id, in the order of their first arrival. */
  readonly replies = new Map<string, string[]>()
  /** How often any message was given to a process. */
  deliveries = 0
  private lastHeard = Date.now()

  constructor(
    readonly number: number,
    private readonly script: Burst[],
    private readonly random: Random,
    private readonly network: Network,
  ) {
    this.conversation = `chaos:${number}`
  }

  async talk(): Promise<void> {
    const messages = this.script.flat().map((text, n): IncomingMessage => this.message(text, n))
    const expected = await rehearse(messages)
    let said = 0
    let answers = 0
    for (const burst of this.script) {
      const now = messages.slice(said, said + burst.length)
      for (const turn of expected.slice(said, said + burst.length)) {
        answers += turn.filter((event) => event.type === 'bot').length
      }
      said += burst.length
      await this.say(now)
      this.lastHeard = Date.now()
      while (this.replies.size < answers && Date.now() - this.lastHeard < QUIET) await sleep(5)
      await sleep(this.random.between(0, 100))
    }
  }

  heard(what: FromBot): void {
    if ('reply' in what) {
      const { id, texts } = what.reply
      if (!this.replies.has(id)) this.replies.set(id, texts)
      this.lastHeard = Date.now()
    }
    if ('acknowledged' in what) {
      const sent = this.sent.find((one) => one.message.id === what.acknowledged)
      if (sent) sent.acknowledged = true
      sent?.wake()
    }
    if ('refused' in what) this.sent.find((one) => one.message.id === what.refused)?.wake()
  }

  /** What was given to this process and not acknowledged has to be given to another. */
  died(process: Process): void {
    for (const one of this.sent) if (one.to === process) one.wake()
  }

  private async say(messages: IncomingMessage[]): Promise<void> {
    const before = this.sent.filter((one) => one.acknowledged).map((one) => one.message.id)
    const now: Sent[] = []
    const deliveries: Promise<void>[] = []
    for (const message of messages) {
      const to = await this.network.someone()
      // Two processes may take them in either order, one may not.
      const after = now.filter((one) => one.acknowledged || one.to === to).map((one) => one.message.id)
      const sent: Sent = { message, after: [...before, ...after], to, acknowledged: false, wake: () => {} }
      this.sent.push(sent)
      now.push(sent)
      deliveries.push(this.deliver(sent, to, Promise.all(deliveries)))
      await sleep(this.random.between(0, APART + 1))
    }
    await Promise.all(deliveries)
    if (this.random.chance(0.1)) this.give(await this.network.someone(), this.random.pick(messages))
  }

  /** Sends until it is acknowledged; after a failure in order, so behind `earlier`. */
  private async deliver(sent: Sent, to: Process, earlier: Promise<unknown>): Promise<void> {
    for (let next = to; !sent.acknowledged; next = await this.network.someone()) {
      const woken = new Promise<void>((resolve) => {
        sent.wake = resolve
      })
      sent.to = next
      this.give(next, sent.message)
      if (this.random.chance(0.1)) this.give(next, sent.message)
      this.network.sent(next)
      const patience = new AbortController()
      await Promise.race([woken, sleep(PATIENCE, undefined, { signal: patience.signal }).catch(() => {})])
      patience.abort()
      if (!sent.acknowledged) await earlier
      if (!sent.acknowledged) await sleep(this.random.between(5, 50))
    }
  }

  private give(to: Process, message: IncomingMessage): void {
    this.deliveries++
    to.send({ message })
  }

  private message(text: string, n: number): IncomingMessage {
    const { conversation } = this
    return {
      id: `${conversation}:m${n}`,
      channel: 'chaos',
      conversation,
      person: conversation,
      text,
      address: conversation,
    }
  }
}
