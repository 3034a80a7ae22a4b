import type { Conversation } from './conversation.js'
import { ColloquyError } from './errors.js'
import type { Json } from './message.js'
import type { Store } from './store/store.js'

/** How many outputs of commits whose turn never ended a document keeps. */
const KEPT = 20

/**
 * What commits gave before their turn was saved. A commit's output is written at once, under its idempotency key, so that
 * a turn that is tried again (after a crash, or a conflict) finds it instead of doing the work twice.
 */
export class Checkpoints {
  private readonly used = new Set<string>()
  private queue: Promise<unknown> = Promise.resolve()

  constructor(
    private readonly store: Store,
    private readonly begin: () => Conversation,
    private readonly id: string,
    private readonly found: Readonly<Record<string, Json>>,
    private intended: string | undefined,
    /** The version that the turn will replace; each checkpoint is one more. */
    public version: number,
  ) {}

  committed(key: string): { output: Json } | undefined {
    this.used.add(key)
    return key in this.found ? { output: this.found[key] ?? null } : undefined
  }

  /**
   * Says that a message's turn is at a commit, before anything is done.
   *
   * @throws {@link ColloquyError} `store_conflict` where another process was faster: the turn starts over.
   */
  async intend(message: string): Promise<void> {
    if (this.intended === message) return
    this.intended = message
    await this.change((document) => {
      document.committing = message
    })
  }

  /** @throws {@link ColloquyError} `store_conflict` where another process was faster: the turn starts over. */
  write(key: string, output: Json): Promise<void> {
    return this.change((document) => {
      document.checkpoints[key] = output
    })
  }

  private change(make: (document: Conversation) => void): Promise<void> {
    const written = this.queue.then(async () => {
      const stored = await this.store.load(this.id)
      const document = stored?.document ?? this.begin()
      if (stored?.settled) document.outbox = []
      make(document)
      const saved =
        (stored?.version ?? 0) === this.version &&
        (await this.store.save({ document, expected: this.version, events: [] }))
      if (!saved) throw new ColloquyError('store_conflict', `Another process has changed conversation ${this.id}.`)
      this.version++
    })
    this.queue = written.catch(() => {})
    return written
  }

  /** What the saved turn leaves for others: the outputs that are not its own. */
  left(): Record<string, Json> {
    return Object.fromEntries(
      Object.entries(this.found)
        .filter(([key]) => !this.used.has(key))
        .slice(-KEPT),
    )
  }
}
