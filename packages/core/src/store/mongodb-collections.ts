import type { Collection, Document, MongoClient } from 'mongodb'
import type { IncomingMessage } from '../message.js'
import { driver } from './connection.js'
import { keyOf } from './key.js'
import type { Commit } from './store.js'

const INSTALL = 'npm install mongodb@7'
/** The code of a second document with the same `_id`. */
const DUPLICATE = 11000

/** What a turn writes besides its conversation, until it stands in the collections where it belongs. */
export interface Pending {
  seq: number
  events: { _id: string; conversation: string; person: string; at: number; seq: number; event: string }[]
  handled: string | null
  profile: { person: string; profile: string } | null
}

export interface Row {
  _id: string
  person: string
  version: number
  document: string
  settled: boolean
  due: number | null
  at: number
  /** True while `pending` holds anything: what an index finds. */
  unfinished: boolean
  pending: Pending[]
}

export interface Collections {
  client: MongoClient
  conversations: Collection<Row>
  inbox: Collection<{ _id: string; conversation: string; person: string; seq: number; due: number; message: string }>
  events: Collection<Pending['events'][0]>
  profiles: Collection<{ _id: string; seq: number; profile: string }>
  meta: Collection<{ _id: string; value: number }>
}

/** @param prepare - makes the indexes that are not there. */
export async function connect(url: string, prefix: string, prepare: boolean): Promise<Collections> {
  const { MongoClient } = await driver('mongodb', INSTALL, () => import('mongodb'))
  const client = new MongoClient(url, { serverSelectionTimeoutMS: 5000, connectTimeoutMS: 5000 })
  try {
    await client.connect()
    const collection = <T extends Document>(name: string) => client.db().collection<T>(prefix + name)
    const found: Collections = {
      client,
      conversations: collection('conversations'),
      inbox: collection('inbox'),
      events: collection('events'),
      profiles: collection('profiles'),
      meta: collection('meta'),
    }
    if (!prepare) return found
    for (const key of ['person', 'due', 'at', 'unfinished']) await found.conversations.createIndex({ [key]: 1 })
    for (const key of ['person', 'due']) await found.inbox.createIndex({ [key]: 1 })
    for (const key of ['person', 'seq', 'at']) await found.events.createIndex({ [key]: 1 })
    await found.inbox.createIndex({ conversation: 1, due: 1 })
    await found.inbox.createIndex({ conversation: 1, seq: 1 }, { unique: true })
    await found.events.createIndex({ conversation: 1, seq: 1 })
    return found
  } catch (error) {
    await client.close().catch(() => {})
    throw error
  }
}

/** The next `count` numbers of the order in which things came; gives the first of them. */
export async function next({ meta }: Collections, count: number): Promise<number> {
  const options = { upsert: true, returnDocument: 'after' } as const
  const found = await meta.findOneAndUpdate({ _id: 'seq' }, { $inc: { value: count } }, options)
  return (found?.value ?? count) - count + 1
}

/** Carries what a turn has written to where it belongs, and then forgets that it had to. */
export async function finish(at: Collections, { _id, version, pending }: Pick<Row, '_id' | 'version' | 'pending'>) {
  for (const { seq, events, handled, profile } of pending) {
    if (events.length > 0) await unlessThere(at.events.insertMany(events, { ordered: false }))
    if (handled) await at.inbox.deleteOne({ _id: handled })
    if (profile) await putProfile(at, profile.person, profile.profile, seq)
  }
  await at.conversations.updateOne({ _id, version }, { $set: { pending: [], unfinished: false } })
}

/** What was left by a process that died, or is about to be done by another one. */
export async function finishAll(at: Collections): Promise<void> {
  const rows = await at.conversations.find({ unfinished: true }).toArray()
  for (const row of rows) await finish(at, row)
}

/** False where the document is there already. */
export async function unlessThere(write: Promise<unknown>): Promise<boolean> {
  try {
    await write
    return true
  } catch (error) {
    if ((error as { code?: unknown }).code === DUPLICATE) return false
    throw error
  }
}

/** Null where the conversation exists. */
export async function insert({ conversations }: Collections, row: Row): Promise<Row | null> {
  return (await unlessThere(conversations.insertOne(row))) ? row : null
}

/** A profile that was written later stays: carrying an earlier one here may have been delayed. */
export async function putProfile(
  { profiles }: Collections,
  person: string,
  profile: string,
  seq: number,
): Promise<void> {
  const older = { _id: person, seq: { $lt: seq } }
  await unlessThere(profiles.updateOne(older, { $set: { seq, profile } }, { upsert: true }))
}

/** Puts a message at the end of its conversation's line, unless it stands there already. */
export async function append({ inbox }: Collections, message: IncomingMessage, due: number): Promise<void> {
  const [conversation, person] = [keyOf(message.conversation), keyOf(message.person)]
  const row = { _id: inboxId(conversation, message.id), conversation, person, message: JSON.stringify(message), due }
  // Of two who want the same place one tries again: what can be seen is never overtaken by what could not be seen yet.
  for (;;) {
    const last = await inbox.findOne({ conversation }, { sort: { seq: -1 } })
    if (await unlessThere(inbox.insertOne({ ...row, seq: (last?.seq ?? 0) + 1 }))) return
    if (await inbox.findOne({ _id: row._id })) return
  }
}

/** Conversations whose messages are due, each found by one look into the index, however many there are. */
export async function waitingByName({ inbox }: Collections, now: number, limit: number): Promise<string[]> {
  const found: string[] = []
  while (found.length < limit) {
    const later = { conversation: { $gt: found.at(-1) ?? '' }, due: { $lte: now } }
    const row = await inbox.findOne(later, { sort: { conversation: 1 } })
    if (!row) break
    found.push(row.conversation)
  }
  return found
}

function inboxId(conversation: string, message: string): string {
  return `${conversation}\n${keyOf(message)}`
}

export function rowOf({ document, events, due, handled, profile }: Commit, seq: number) {
  const _id = keyOf(document.id)
  const pending: Pending = {
    seq,
    events: events.map((event, n) => ({
      _id: `${seq + n}`,
      conversation: keyOf(event.conversation),
      person: keyOf(event.person),
      at: event.at,
      seq: seq + n,
      event: JSON.stringify(event),
    })),
    handled: handled === undefined ? null : inboxId(_id, handled),
    profile: profile ? { person: keyOf(profile.person), profile: JSON.stringify(profile) } : null,
  }
  const row = {
    person: keyOf(document.person),
    document: JSON.stringify(document),
    settled: document.outbox.length === 0,
    due: due ?? null,
    at: Date.now(),
    unfinished: true,
  }
  return { _id, row, pending }
}
