import type { Commit, IncomingMessage, LogEvent, Store } from '@colloquy/core'

export type Document = Commit['document']

export function documentOf(id: string, more: Partial<Document> = {}): Document {
  return {
    format: 1,
    id,
    channel: 'test',
    person: 'anna',
    address: { room: 1 },
    locale: 'en',
    seen: [],
    frames: [],
    nextFrame: 1,
    checkpoints: {},
    outbox: [],
    scheduled: [],
    last: [],
    misses: 0,
    ...more,
  }
}
export const messageOf = (id: string, conversation = 'c'): IncomingMessage => ({
  id,
  channel: 'test',
  conversation,
  person: 'anna',
  text: `message ${id}`,
  address: null,
})
export const eventOf = (id: string, at: number, conversation = 'c'): LogEvent => ({
  id,
  conversation,
  person: 'anna',
  channel: 'test',
  at,
  type: 'customer',
  message: id,
  text: `message ${id}`,
  decision: 'open',
})
export const outbox = [{ id: 'c.1.1', parts: [{ type: 'text' as const, text: 'Hello' }] }]

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}

/** A store and what the suite needs to know of it. */
export interface Subject {
  name: string
  /** A store over the same data each time, until `clear` is called. */
  make(): Store
  clear(): void | Promise<void>
  /** All that can be read from the database, for a store that outlives its process. */
  dump?(): string | Promise<string>
}
