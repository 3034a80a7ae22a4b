/** Runs work one after another for each key, and different keys side by side. */
export class KeyedQueue {
  private readonly tails = new Map<string, Promise<unknown>>()

  run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const result = (this.tails.get(key) ?? Promise.resolve()).then(work)
    const ended = () => {
      if (this.tails.get(key) === tail) this.tails.delete(key)
    }
    const tail = result.then(ended, ended)
    this.tails.set(key, tail)
    return result
  }

  /** Resolves when nothing is left to do. */
  async idle(): Promise<void> {
    while (this.tails.size > 0) await Promise.all(this.tails.values())
  }
}
