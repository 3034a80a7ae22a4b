import { decoded } from './decode.js'
import type { Entry } from './source.js'

/** How many files are opened before they are needed: exports have thousands of small ones. */
const AHEAD = 4

/** Files one after another, the next ones already being read. */
export async function* readAhead(entries: readonly Entry[]): AsyncGenerator<[Entry, AsyncIterable<Buffer>]> {
  const begun: Begun[] = []
  try {
    for (const [n, entry] of entries.entries()) {
      while (begun.length < AHEAD && n + begun.length < entries.length) {
        begun.push(new Begun(decoded(entries[n + begun.length] as Entry)))
      }
      const next = begun.shift() as Begun
      yield [entry, next.chunks()]
    }
  } finally {
    for (const one of begun) await one.close()
  }
}

/** A file whose first bytes are on their way. */
class Begun {
  private readonly first: Promise<IteratorResult<Buffer>>

  constructor(private readonly all: AsyncGenerator<Buffer>) {
    this.first = all.next()
    // Who reads it is told; a file that nobody comes to may fail unseen.
    this.first.catch(() => {})
  }

  async *chunks(): AsyncGenerator<Buffer> {
    const { done, value } = await this.first
    if (done) return
    yield value
    yield* this.all
  }

  async close(): Promise<void> {
    await this.first.catch(() => {})
    await this.all.return(undefined)
  }
}
