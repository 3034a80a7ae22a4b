interface Task {
  work(): unknown
  resolve(result: never): void
  reject(error: unknown): void
}

/**
 * Writes that were asked for in the same moment, done in one transaction: committing costs more than writing. Each is
 * told its result once the transaction is durable. One that throws is left out, and the others are done without it.
 */
export class Batch {
  private tasks: Task[] = []

  /** @param transact - does some work in a transaction, or undoes it and throws. */
  constructor(private readonly transact: (work: () => void) => void) {}

  add<T>(work: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      // After what has come in from the network: the writes of all these turns go together.
      if (this.tasks.length === 0) setImmediate(() => this.flush())
      this.tasks.push({ work, resolve, reject })
    })
  }

  /** Does now what waits. */
  flush(): void {
    let left = this.tasks
    this.tasks = []
    while (left.length > 0) left = this.attempt(left)
  }

  /** What is to be tried again. */
  private attempt(tasks: Task[]): Task[] {
    let current: Task | undefined
    try {
      const results: unknown[] = []
      this.transact(() => {
        for (current of tasks) results.push(current.work())
        current = undefined
      })
      for (const [n, { resolve }] of tasks.entries()) resolve(results[n] as never)
      return []
    } catch (error) {
      for (const task of tasks) if (task === (current ?? task)) task.reject(error)
      return current ? tasks.filter((task) => task !== current) : []
    }
  }
}
