/** What is to be done unless it is called off. */
interface Waiting {
  at: number
  late(): void
}

/**
 * Does something about work that has not ended after so many milliseconds. Nearly all work ends before: one timer serves
 * whatever is under way.
 */
export class Deadline {
  /** Oldest first. */
  private readonly waiting = new Set<Waiting>()
  private timer: NodeJS.Timeout | undefined

  constructor(private readonly ms: number) {}

  /** Calls `late` in time, unless what it returns is called first. */
  start(late: () => void): () => void {
    const one = { at: performance.now() + this.ms, late }
    this.waiting.add(one)
    this.timer ??= setTimeout(this.look, this.ms)
    this.timer.ref()
    return () => {
      this.waiting.delete(one)
      // Kept for the next one, but not a reason for the process to live on.
      if (this.waiting.size === 0) this.timer?.unref()
    }
  }

  private readonly look = (): void => {
    this.timer = undefined
    const now = performance.now()
    for (const one of this.waiting) {
      if (one.at > now) {
        this.timer = setTimeout(this.look, one.at - now)
        return
      }
      this.waiting.delete(one)
      one.late()
    }
  }
}
