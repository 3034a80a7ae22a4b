/** Work that should end before a server does. */
export class UnderWay {
  private readonly all = new Set<Promise<unknown>>()

  hold<T>(work: Promise<T>): Promise<T> {
    const done = () => this.all.delete(work)
    this.all.add(work)
    work.then(done, done)
    return work
  }

  /** Resolves when all of it has ended, well or not. */
  async end(): Promise<void> {
    await Promise.allSettled(this.all)
  }
}
