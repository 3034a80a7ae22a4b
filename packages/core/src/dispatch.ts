import { setImmediate } from 'node:timers/promises'
import type { Channel } from './channel.js'
import { type Conversation, dueOf, IN_HAND, type Outgoing } from './conversation.js'
import { Deadline } from './deadline.js'
import { Draft } from './draft.js'
import { type Engine, languageOf } from './engine.js'
import { ColloquyError, reason } from './errors.js'
import type { IncomingMessage } from './message.js'
import { KeyedQueue } from './queue.js'
import { retrying } from './retry.js'
import type { Stored } from './store/store.js'
import type { TurnTrace } from './telemetry.js'
import { tick } from './tick.js'
import { turn } from './turn.js'

/** A channel is acknowledged after this long, in milliseconds, however slow the turn is (Slack wants it within 3 s). */
const ACKNOWLEDGE = 1500
/** Customers see that an answer is on its way after this long, in milliseconds. */
const TYPING = 250
/** How often the sweep looks for what was left undone, in milliseconds, and how many conversations it takes at a time. */
const SWEEP = 1000
const SWEPT = 100
/** How often what has been kept for long enough is removed, in milliseconds. */
const EXPIRY = 3_600_000
/** Work that fails is tried again after 1, 2, 4, … seconds, at most this many milliseconds. */
const BACKOFF = 60_000
/** Conversations of which it is remembered what was sent last. */
const REMEMBERED = 10_000

/**
 * Gives every message its turn, in order, and delivers what turns have said.
 *
 * In one process a queue for each conversation gives the order. Where several share a store, a message is stored first, and
 * each process takes the oldest one that waits: compare-and-set lets one of them win. The sweep takes up what a dead
 * process left: waiting messages, unsent replies, due timers.
 */
export class Dispatcher {
  private readonly queue = new KeyedQueue()
  private readonly arrivals = new KeyedQueue()
  /** Conversations that the sweep has in hand, and those that failed: how long to wait, and until when. */
  private readonly draining = new Set<string>()
  private readonly failed = new Map<string, { wait: number; until: number }>()
  /**
   * What has been sent of the last outboxes, so that it is not repeated by what comes after a failure half way, nor by a turn
   * that was saved, with what waited before it, between the sending and the note that it was sent.
   */
  private readonly sent = new Map<string, Set<string>>()
  private readonly unacknowledged = new Deadline(ACKNOWLEDGE)
  private readonly unanswered = new Deadline(TYPING)
  private readonly timers: NodeJS.Timeout[] = []
  private stopping = false

  constructor(
    private readonly engine: Engine,
    private readonly channels: ReadonlyMap<string, Channel>,
  ) {}

  /** Resolves once the message is durable: its turn is saved, or it is stored to be handled. */
  async receive(message: IncomingMessage): Promise<void> {
    const { store } = this.engine
    const { conversation } = message
    // People talk to each other where the bot only listens: that is none of its business.
    if (message.addressed === false && !(await store.load(conversation))) return
    if (store.shared) {
      await this.keep(message)
      this.work(conversation, () => this.catchUp(conversation)).catch((error) =>
        this.putOff(message, error).catch(() => {}),
      )
      return
    }
    await new Promise<void>((resolve, reject) => {
      const inTime = this.unacknowledged.start(() => void this.keep(message).then(resolve, reject))
      const task = this.work(conversation, async () => {
        await this.catchUp(conversation)
        await this.handle(message, () => {
          inTime()
          resolve()
        })
      })
      task.catch((error) => {
        inTime()
        this.putOff(message, error).then(resolve, reject)
      })
    })
  }

  /**
   * Changes a conversation outside a turn, after what is under way there.
   *
   * @throws {@link ColloquyError} `bad_message` where there is no such conversation.
   */
  change(conversation: string, make: (draft: Draft) => void): Promise<void> {
    return this.queue.run(conversation, async () => {
      const saved = await retrying(async () => {
        const stored = await this.engine.store.load(conversation)
        if (!stored) throw new ColloquyError('bad_message', `There is no conversation ${conversation}.`)
        const draft = new Draft(this.engine, stored, () => stored.document)
        make(draft)
        return draft.save()
      })
      // Saved is said: what the channel refuses now, the sweep sends later.
      this.work(conversation, () => this.deliver(saved)).catch(() => {})
    })
  }

  /** Takes up what was left undone, now and every second. */
  async start(): Promise<void> {
    this.stopping = false
    await this.sweep()
    await this.expire()
    const { log } = this.engine
    const every = (ms: number, work: () => Promise<void>) =>
      setInterval(() => void work().catch((err) => log.error({ err }, `housekeeping failed: ${reason(err)}`)), ms)
    this.timers.push(
      every(SWEEP, () => this.sweep()),
      every(EXPIRY, () => this.expire()),
    )
  }

  /** Resolves when all turns under way have ended. */
  async stop(): Promise<void> {
    this.stopping = true
    for (const timer of this.timers) clearInterval(timer)
    await this.queue.idle()
  }

  private async sweep(): Promise<void> {
    for (const conversation of await this.engine.store.due(this.engine.now(), SWEPT)) {
      if (this.draining.has(conversation) || (this.failed.get(conversation)?.until ?? 0) > Date.now()) continue
      this.draining.add(conversation)
      this.work(conversation, () => this.drain(conversation, true))
        .catch(() => {})
        .finally(() => this.draining.delete(conversation))
    }
  }

  private async expire(): Promise<void> {
    const { keep, now, store } = this.engine
    const before = Object.fromEntries(Object.entries(keep).map(([what, ms]) => [what, now() - ms]))
    if (Object.keys(before).length > 0) await store.expire(before)
  }

  /** Work on one conversation, after what is under way there; a failure is logged, and put off by the sweep. */
  private work(conversation: string, task: () => Promise<void>): Promise<void> {
    return this.queue.run(conversation, async () => {
      try {
        await task()
        this.failed.delete(conversation)
      } catch (err) {
        const wait = Math.min((this.failed.get(conversation)?.wait ?? 500) * 2, BACKOFF)
        this.failed.set(conversation, { wait, until: Date.now() + wait })
        this.engine.log.child({ conversation }).error({ err, retryInMs: wait }, reason(err))
        throw err
      }
    })
  }

  /**
   * A conversation that a newer version has taken over waits for that version to come back: the message is kept, and the
   * customer told so. Any other error is thrown again.
   */
  private async putOff(message: IncomingMessage, error: unknown): Promise<void> {
    if (!(error instanceof ColloquyError && error.code === 'newer_document')) throw error
    const { conversation, id, channel, address, locale = 'en' } = message
    await this.keep(message)
    const { later } = languageOf(this.engine, locale).texts
    await this.channels
      .get(channel)
      ?.send(address, { id: `${conversation}.${id}.later`, parts: [{ type: 'text', text: later }] })
  }

  /** Does what waits in one conversation: stored messages, oldest first, then replies that were not sent. */
  private async drain(conversation: string, again = false): Promise<void> {
    const { store } = this.engine
    await this.catchUp(conversation)
    const before = await store.load(conversation)
    if (before) await this.deliver(before, again)
    const after = await tick(this.engine, conversation)
    if (after) await this.deliver(after)
  }

  /** Gives the messages that wait their turns, before anything newer gets one. */
  private async catchUp(conversation: string): Promise<void> {
    let handled: string | undefined
    while (!this.stopping) {
      const [message] = await this.engine.store.waiting(conversation, 1)
      if (!message) return
      // A long backlog must not keep others from being heard.
      await setImmediate()
      if (message.id === handled) await this.dismiss(message)
      else await this.handle(message)
      handled = message.id
    }
  }

  /** A message that still waits after its turn was stored when that had ended: it would wait for ever. */
  private async dismiss({ conversation, id }: IncomingMessage): Promise<void> {
    const { store } = this.engine
    const stored = await store.load(conversation)
    if (!stored) return
    const { document, version, settled } = stored
    if (settled) document.outbox = []
    const due = dueOf(document, this.engine.now())
    await store.save({ document, expected: version, events: [], handled: id, ...(due !== undefined && { due }) })
  }

  /** Stores a message; one after another, so that those of one conversation stay in order. */
  private keep(message: IncomingMessage): Promise<void> {
    const { store, now } = this.engine
    return this.arrivals.run(message.conversation, () => store.append(message, now() + IN_HAND))
  }

  /** A message's turn, and the delivery of what it has said. */
  private handle(message: IncomingMessage, durable: () => void = () => {}): Promise<void> {
    return this.engine.telemetry.turn(message, async (trace) => {
      const stored = await this.turn(message, trace)
      durable()
      await trace.stage('deliver', () => this.deliver(stored))
      // What was written at the desk waits in the customer's conversation now.
      const { serves } = stored.document
      if (serves !== undefined) this.work(serves, () => this.drain(serves)).catch(() => {})
    })
  }

  private async turn(message: IncomingMessage, trace: TurnTrace): Promise<Stored> {
    const inTime = this.unanswered.start(() => this.engine.typing(message.channel, message.address))
    try {
      return await turn(this.engine, message, trace)
    } finally {
      inTime()
    }
  }

  /** What has been sent of this outbox already. Older conversations' are forgotten beyond a number. */
  private sentOf(conversation: string, outbox: readonly Outgoing[]): Set<string> {
    const before = this.sent.get(conversation)
    const sent = new Set<string>()
    if (before) for (const { id } of outbox) if (before.has(id)) sent.add(id)
    this.sent.delete(conversation)
    this.sent.set(conversation, sent)
    const oldest = this.sent.size > REMEMBERED ? this.sent.keys().next().value : undefined
    if (oldest !== undefined) this.sent.delete(oldest)
    return sent
  }

  /** Sends what waits; `again` where somebody else may be the one who has sent it already. */
  private async deliver({ document, version, settled }: Stored, again = false): Promise<void> {
    const { id, channel: name, outbox } = document
    if (settled || !this.channels.has(name)) return
    const sent = this.sentOf(id, outbox)
    // The customer hears the bot also while the desk cannot be reached, and the other way round.
    const failed = new Map<string, unknown>()
    for (const message of outbox) {
      const target = message.to ?? name
      if (sent.has(message.id) || failed.has(target)) continue
      try {
        // What another turn has said was left by one that failed to send it, or died.
        const doubtful = again || !message.id.startsWith(`${id}.${version}.`)
        await this.send(document, doubtful ? { ...message, again: true } : message)
      } catch (err) {
        this.engine.telemetry.undelivered(target)
        if (err instanceof ColloquyError && err.code === 'bad_message')
          this.engine.log.error({ err, conversation: id, channel: name }, `a message can never be sent: ${reason(err)}`)
        else failed.set(target, err)
      }
      if (!failed.has(target)) sent.add(message.id)
    }
    if (failed.size > 0) await this.keepUnsent(document, version, sent)
    for (const error of failed.values()) throw error
    document.outbox = []
    await this.engine.store.settle(id, version, dueOf(document, this.engine.now()))
  }

  /** While a desk cannot be reached for long, a restart must not repeat what the customer has heard meanwhile. */
  private async keepUnsent(document: Conversation, version: number, sent: ReadonlySet<string>): Promise<void> {
    const outbox = document.outbox.filter((message) => !sent.has(message.id))
    if (outbox.length === document.outbox.length) return
    const due = dueOf({ ...document, outbox }, this.engine.now())
    const commit = {
      document: { ...document, outbox },
      expected: version,
      events: [],
      ...(due !== undefined && { due }),
    }
    await this.engine.store.save(commit)
  }

  private async send(document: Conversation, { to, reason, ...message }: Outgoing): Promise<void> {
    const { id: conversation, person, name, channel, address } = document
    if (to === undefined) return this.channels.get(channel)?.send(address, message)
    const about = { conversation, person, channel, address, ...message }
    await this.engine.desk?.relay({ ...about, ...(name !== undefined && { name }), ...(reason && { reason }) })
  }
}
