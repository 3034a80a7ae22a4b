/** The span in which is counted, in milliseconds. */
const SPAN = 10_000

/** How often something may happen for each key within ten seconds. */
export class Rate {
  private readonly counted = new Map<string, number>()
  private readonly clock = setInterval(() => this.counted.clear(), SPAN)

  constructor(private readonly limit: number) {}

  /** Counts one more; true where that is one too many. */
  exceeded(key: string): boolean {
    const count = (this.counted.get(key) ?? 0) + 1
    this.counted.set(key, count)
    return count > this.limit
  }

  stop(): void {
    clearInterval(this.clock)
  }
}
