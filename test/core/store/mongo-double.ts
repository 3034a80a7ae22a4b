/**
 * What the MongoDB store needs of the driver, in memory: the operators that it uses, each operation atomic, and a network
 * that a test can cut. Anything else throws, so that the double does not answer what it does not know.
 */
type Row = { _id: string; [field: string]: unknown }
type Query = Record<string, unknown>
type Order = { sort?: Record<string, 1 | -1>; limit?: number; projection?: unknown }
interface Update {
  $set?: Record<string, unknown>
  $setOnInsert?: Record<string, unknown>
  $inc?: Record<string, number>
  $push?: Record<string, unknown>
}

/** The one server: its collections, and how many operations it answers before the connection is lost. */
export const server = {
  collections: new Map<string, Map<string, Row>>(),
  left: Number.POSITIVE_INFINITY,
  /** The fields of each collection's unique index. */
  unique: new Map<string, string[]>(),
  /** Whether the operation at which the connection is lost still takes place. */
  forward: true,
  down: false,
}

const COMPARE: Record<string, (found: never, wanted: never) => boolean> = {
  $in: (found, wanted: unknown[]) => wanted.includes(found),
  $lt: (found, wanted) => typeof found === typeof wanted && found < wanted,
  $lte: (found, wanted) => typeof found === typeof wanted && found <= wanted,
  $gt: (found, wanted) => typeof found === typeof wanted && found > wanted,
  $gte: (found, wanted) => typeof found === typeof wanted && found >= wanted,
}

function matches(row: Row, query: Query): boolean {
  return Object.entries(query).every(([field, wanted]) => {
    const found = row[field]
    if (typeof wanted !== 'object' || wanted === null) return (found ?? null) === wanted
    return Object.entries(wanted).every(([operator, value]) => {
      const compare = COMPARE[operator]
      if (!compare) throw new Error(`the double does not know ${operator}`)
      return compare(found as never, value as never)
    })
  })
}

class Duplicate extends Error {
  readonly code = 11000
}

class Collection {
  constructor(private readonly name: string) {}

  private get rows(): Map<string, Row> {
    const rows = server.collections.get(this.name) ?? new Map()
    server.collections.set(this.name, rows)
    return rows
  }

  /** One operation on the server: all of it, or none. */
  private async call<T>(work: () => T): Promise<T> {
    await new Promise(setImmediate)
    server.left--
    if (server.down || (server.left <= 0 && !server.forward)) throw new Error('connect ECONNREFUSED')
    const result = work()
    if (server.left <= 0) throw new Error('connection 1 closed')
    return structuredClone(result)
  }

  private select(query: Query, { sort = {}, limit = 0 }: Order = {}): Row[] {
    const found = [...this.rows.values()].filter((row) => matches(row, query))
    for (const [field, way] of Object.entries(sort)) {
      found.sort((a, b) => ((a[field] as number) < (b[field] as number) ? -way : way))
    }
    return limit > 0 ? found.slice(0, limit) : found
  }

  private write(query: Query, update: Update, upsert = false): Row | null {
    const unknown = Object.keys(update).find((key) => !['$set', '$setOnInsert', '$inc', '$push'].includes(key))
    if (unknown) throw new Error(`the double does not know ${unknown}`)
    let [row] = this.select(query)
    if (!row && !upsert) return null
    if (!row) {
      if (this.rows.has(String(query._id))) throw new Duplicate(`E11000 duplicate key ${query._id}`)
      row = { _id: String(query._id), ...update.$setOnInsert }
      this.rows.set(row._id, row)
    }
    Object.assign(row, structuredClone(update.$set))
    for (const [field, by] of Object.entries(update.$inc ?? {})) row[field] = Number(row[field] ?? 0) + by
    for (const [field, item] of Object.entries(update.$push ?? {})) {
      row[field] = [...((row[field] as unknown[]) ?? []), structuredClone(item)]
    }
    return row
  }

  async createIndex(fields: Record<string, 1>, { unique = false } = {}): Promise<void> {
    if (unique) server.unique.set(this.name, Object.keys(fields))
  }

  /** Whether there is one with this id, or with the same values in a unique index. */
  private has(row: Row): boolean {
    const fields = server.unique.get(this.name)
    const same = (other: Row) => fields?.every((field) => other[field] === row[field]) ?? false
    return this.rows.has(row._id) || [...this.rows.values()].some(same)
  }

  findOne(query: Query, order: Order = {}): Promise<Row | null> {
    return this.call(() => this.select(query, order)[0] ?? null)
  }

  find(query: Query, order: Order = {}): { toArray(): Promise<Row[]> } {
    return { toArray: () => this.call(() => this.select(query, order)) }
  }

  insertOne(row: Row): Promise<void> {
    return this.insertMany([row], { ordered: false })
  }

  insertMany(given: Row[], { ordered }: { ordered: boolean }): Promise<void> {
    if (ordered) throw new Error('the double does not know ordered inserts')
    return this.call(() => {
      const fresh = given.filter((row) => !this.has(row))
      for (const row of fresh) this.rows.set(row._id, structuredClone(row))
      if (fresh.length < given.length) throw new Duplicate('E11000 duplicate key')
    })
  }

  updateOne(query: Query, update: Update, { upsert = false } = {}): Promise<void> {
    return this.call(() => void this.write(query, update, upsert))
  }

  findOneAndUpdate(
    query: Query,
    update: Update,
    { upsert = false, returnDocument }: { upsert?: boolean; returnDocument: string },
  ): Promise<Row | null> {
    if (returnDocument !== 'after') throw new Error('the double only returns what is there afterwards')
    return this.call(() => this.write(query, update, upsert))
  }

  deleteOne(query: Query): Promise<void> {
    return this.call(() => {
      const [row] = this.select(query)
      if (row) this.rows.delete(row._id)
    })
  }

  deleteMany(query: Query): Promise<void> {
    return this.call(() => {
      for (const row of this.select(query)) this.rows.delete(row._id)
    })
  }
}

export class MongoClient {
  async connect(): Promise<void> {
    if (server.down) throw new Error('connect ECONNREFUSED')
  }
  db() {
    return { collection: (name: string) => new Collection(name) }
  }
  async close(): Promise<void> {}
}

/** Everything on the server, as text. */
export function dump(): string {
  return JSON.stringify([...server.collections].map(([name, rows]) => [name, [...rows.values()]]))
}
