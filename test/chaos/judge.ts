import type { LogEvent, Store } from '@colloquy/core'
import type { Customer } from './customer.js'
import { rehearse, transcriptOf } from './rehearsal.js'
import type { Refunds } from './service.js'

/** What went wrong, as counts. All of it should be 0, but for `callsPerKeyMax`. */
export interface Verdict {
  /** Messages that were never handled. */
  lost: number
  /** Messages whose turn is in the log more than once. */
  runTwice: number
  /** Messages handled before one that the customer had sent earlier. */
  outOfOrder: number
  /** Orders refunded under more than one idempotency key. */
  duplicateCommits: number
  /** Refunds of which the log knows nothing, and refunds in the log that never were. */
  strayCommits: number
  /** Calls for the same idempotency key: what the service was spared. */
  callsPerKeyMax: number
  /** Replies in the log that never reached the customer. */
  repliesLost: number
  /** Replies that came after one that was said later. */
  repliesOutOfOrder: number
  /** Conversations that an undisturbed bot would have held otherwise, or that the customer saw otherwise than logged. */
  wrongTranscripts: number
  /** Messages that still wait, and conversations with unsent replies, when all is over. */
  leftOver: number
}

export async function judge(store: Store, customers: readonly Customer[], refunds: Refunds): Promise<Verdict> {
  const logs = new Map<string, LogEvent[]>(customers.map(({ conversation }) => [conversation, []]))
  for await (const event of store.events()) logs.get(event.conversation)?.push(event)
  const verdict: Verdict = {
    lost: 0,
    runTwice: 0,
    outOfOrder: 0,
    duplicateCommits: [...refunds.done.values()].filter((keys) => keys.size > 1).length,
    strayCommits: 0,
    callsPerKeyMax: Math.max(0, ...refunds.calls.values()),
    repliesLost: 0,
    repliesOutOfOrder: 0,
    wrongTranscripts: 0,
    leftOver: 0,
  }
  const logged = new Set<string>()
  for (const customer of customers) {
    const events = logs.get(customer.conversation) ?? []
    for (const event of events) if (event.type === 'commit') logged.add(event.key)
    await judgeOne(verdict, customer, events)
    const waiting = await store.waiting(customer.conversation, 1000)
    verdict.leftOver += waiting.length + ((await store.load(customer.conversation))?.settled === false ? 1 : 0)
  }
  const done = new Set([...refunds.done.values()].flatMap((keys) => [...keys]))
  verdict.strayCommits =
    [...done].filter((key) => !logged.has(key)).length + [...logged].filter((key) => !done.has(key)).length
  return verdict
}

async function judgeOne(verdict: Verdict, customer: Customer, events: readonly LogEvent[]): Promise<void> {
  const handled = events.flatMap((event) => (event.type === 'customer' ? [event.message] : []))
  const place = new Map([...handled.entries()].reverse().map(([n, id]) => [id, n]))
  verdict.runTwice += handled.length - place.size
  for (const { message, after } of customer.sent) {
    const own = place.get(message.id)
    if (own === undefined) verdict.lost++
    else if (after.some((id) => (place.get(id) ?? -1) > own)) verdict.outOfOrder++
  }
  const said = events.flatMap((event) => (event.type === 'bot' ? [event.message] : []))
  const arrived = [...customer.replies.keys()]
  verdict.repliesLost += said.filter(({ id }) => !customer.replies.has(id)).length
  const ranks = arrived.map((id) => said.findIndex((message) => message.id === id))
  verdict.repliesOutOfOrder += ranks.filter((rank, n) => ranks.slice(0, n).some((earlier) => earlier > rank)).length

  const messages = [...place.keys()].map((id) => customer.sent.find((one) => one.message.id === id)?.message)
  const inOrder = messages.filter((message) => message !== undefined)
  inOrder.sort((a, b) => (place.get(a.id) ?? 0) - (place.get(b.id) ?? 0))
  const undisturbed = transcriptOf((await rehearse(inOrder)).flat())
  const invented = arrived.some((id) => !said.some((message) => message.id === id))
  const right = JSON.stringify(transcriptOf(events)) === JSON.stringify(undisturbed)
  if (!right || invented) verdict.wrongTranscripts++
}
