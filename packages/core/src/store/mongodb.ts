import type { LogEvent } from '../log/event.js'
import type { IncomingMessage } from '../message.js'
import type { Profile } from '../profile.js'
import { Connection } from './connection.js'
import { isDigest, keyOf } from './key.js'
import {
  append,
  type Collections,
  connect,
  finish,
  finishAll,
  insert,
  next,
  putProfile,
  rowOf,
  unlessThere,
  waitingByName,
} from './mongodb-collections.js'
import type { Store } from './store.js'

/** The layout of the collections that this version reads and writes. */
const FORMAT = 1
/** How many events one read of the log, or one removal, takes at a time. */
const PAGE = 500
/** How many waiting messages the sweep looks at to find the conversations longest overdue. */
const HEAD = 1000

/**
 * The store for MongoDB 4.4 and later, a single server or a replica set. Several processes may share it.
 *
 * Transactions would need a replica set, so it does without: compare-and-set writes the conversation together with the rest
 * of the turn (`pending`), which is one document and so all or nothing. The rest is then carried to where it is looked
 * for; that can be done twice, so whoever reads next finishes it after a process that died in between.
 *
 * @param url - such as `mongodb://user:password@host:27017/database`.
 * @param options - `prefix` is what the names of the collections begin with (`colloquy_`).
 * @throws {@link ColloquyError} on `open`: `missing_dependency` without `mongodb`, `store_unavailable` where the server
 *   cannot be reached or the collections were written by a newer version.
 * @example
 * ```ts
 * import { mongodb } from '@colloquy/core/store/mongodb'
 * const bot = createBot({ dialogs, classifier, store: mongodb('mongodb://localhost/bot'), channels: [] })
 * ```
 */
export function mongodb(url: string, { prefix = 'colloquy_' }: { prefix?: string } = {}): Store {
  const connection = new Connection<Collections>('MongoDB', url)

  /** What is read must not miss what a saved turn has yet to carry there. */
  const read = <T>(work: (at: Collections) => Promise<T>) =>
    connection.use(async (at) => {
      await finishAll(at)
      return work(at)
    })

  async function idOf(at: Collections, key: string): Promise<string> {
    if (!isDigest(key)) return key
    const waiting = await at.inbox.findOne({ conversation: key })
    if (waiting) return (JSON.parse(waiting.message) as IncomingMessage).conversation
    const row = await at.conversations.findOne({ _id: key })
    return row ? JSON.parse(row.document).id : key
  }

  return {
    shared: true,
    async open({ existing = false } = {}) {
      await connection.open(() => connect(url, prefix, !existing))
      if (existing && !(await connection.use(({ meta }) => meta.findOne({ _id: 'format' })))) {
        await this.close()
        throw connection.foreign()
      }
      const format = await connection.use(async ({ meta }) => {
        await unlessThere(meta.updateOne({ _id: 'format' }, { $setOnInsert: { value: FORMAT } }, { upsert: true }))
        return meta.findOne({ _id: 'format' })
      })
      if ((format?.value ?? 0) <= FORMAT) return
      await this.close()
      throw connection.newer()
    },
    close: () => connection.close(({ client }) => client.close()),
    load: (conversation) =>
      connection.use(async ({ conversations }) => {
        const row = await conversations.findOne({ _id: keyOf(conversation) })
        return row ? { document: JSON.parse(row.document), version: row.version, settled: row.settled } : undefined
      }),
    save: (commit) =>
      connection.use(async (at) => {
        const { _id, row, pending } = rowOf(commit, await next(at, commit.events.length + 1))
        const version = commit.expected + 1
        const saved =
          commit.expected === 0
            ? await insert(at, { _id, ...row, version, pending: [pending] })
            : await at.conversations.findOneAndUpdate(
                { _id, version: commit.expected },
                { $set: { ...row, version }, $push: { pending } },
                { returnDocument: 'after' },
              )
        if (!saved) return false
        // It is saved whatever becomes of this: who reads next will do it.
        await finish(at, saved).catch(() => {})
        return true
      }),
    settle: (conversation, version, due) =>
      connection.use(async ({ conversations }) => {
        await conversations.updateOne(
          { _id: keyOf(conversation), version },
          { $set: { settled: true, due: due ?? null } },
        )
      }),
    append: (message, due) => connection.use((at) => append(at, message, due)),
    waiting: (conversation, limit) =>
      read(async ({ inbox }) => {
        const rows = await inbox.find({ conversation: keyOf(conversation) }, { sort: { seq: 1 }, limit }).toArray()
        return rows.map((row): IncomingMessage => JSON.parse(row.message))
      }),
    due: (now, limit) =>
      read(async (at) => {
        const [overdue, projection] = [{ due: { $lte: now } }, { conversation: 1, due: 1 }]
        const first = await at.inbox.find(overdue, { sort: { due: 1 }, limit: HEAD, projection }).toArray()
        const busy = await at.conversations.find(overdue, { sort: { due: 1 }, limit, projection }).toArray()
        const rows = [...first.map((row) => ({ ...row, _id: row.conversation })), ...busy]
        const keys = rows.sort((a, b) => Number(a.due) - Number(b.due)).map((row) => row._id)
        // A long backlog of a few conversations must not hide the others.
        if (first.length === HEAD) keys.push(...(await waitingByName(at, now, limit)))
        return Promise.all([...new Set(keys)].slice(0, limit).map((key) => idOf(at, key)))
      }),
    history: (conversation, limit) =>
      read(async ({ events }) => {
        const rows = await events.find({ conversation: keyOf(conversation) }, { sort: { seq: -1 }, limit }).toArray()
        return rows.map((row): LogEvent => JSON.parse(row.event)).reverse()
      }),
    async *events(since = 0) {
      for (let seq = 0; ; ) {
        const later = { seq: { $gt: seq }, at: { $gte: since } }
        const rows = await read(({ events }) => events.find(later, { sort: { seq: 1 }, limit: PAGE }).toArray())
        for (const row of rows) yield JSON.parse(row.event) as LogEvent
        if (rows.length < PAGE) return
        seq = rows.at(-1)?.seq ?? seq
      }
    },
    profile: (person) =>
      read(async ({ profiles }) => {
        const row = await profiles.findOne({ _id: keyOf(person) })
        return row ? JSON.parse(row.profile) : undefined
      }),
    keep: (profile) =>
      connection.use(async (at) => {
        await putProfile(at, keyOf(profile.person), JSON.stringify(profile), await next(at, 1))
      }),
    export: (people) =>
      read(async (at) => {
        const [keys, order] = [{ $in: people.map(keyOf) }, { sort: { seq: 1 } } as const]
        const [known, rows, waiting, logged] = await Promise.all([
          at.profiles.find({ _id: keys }).toArray(),
          at.conversations.find({ person: keys }).toArray(),
          at.inbox.find({ person: keys }, order).toArray(),
          at.events.find({ person: keys }, order).toArray(),
        ])
        return {
          profiles: known.map((row): Profile => JSON.parse(row.profile)),
          conversations: rows.map((row) => JSON.parse(row.document)),
          waiting: waiting.map((row): IncomingMessage => JSON.parse(row.message)),
          events: logged.map((row): LogEvent => JSON.parse(row.event)),
        }
      }),
    forget: (people) =>
      read(async (at) => {
        const keys = { $in: people.map(keyOf) }
        await at.conversations.deleteMany({ person: keys })
        await at.profiles.deleteMany({ _id: keys })
        await at.inbox.deleteMany({ person: keys })
        await at.events.deleteMany({ person: keys })
      }),
    expire: ({ events = 0, conversations = 0 }) =>
      read(async (at) => {
        await at.events.deleteMany({ at: { $lt: events } })
        const idle = { due: null, at: { $lt: conversations } }
        for (let last = ''; ; ) {
          const page = { sort: { _id: 1 }, limit: PAGE, projection: { _id: 1 } } as const
          const keys = (await at.conversations.find({ ...idle, _id: { $gt: last } }, page).toArray()).map(
            (row) => row._id,
          )
          const waiting = await at.inbox.find({ conversation: { $in: keys } }).toArray()
          const busy = new Set(waiting.map((row) => row.conversation))
          await at.conversations.deleteMany({ ...idle, _id: { $in: keys.filter((key) => !busy.has(key)) } })
          if (keys.length < PAGE) return
          last = keys.at(-1) ?? last
        }
      }),
  }
}
