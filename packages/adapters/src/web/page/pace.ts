/** A little less than what a server takes, so that a busy customer is never turned away. */
const RATE = { events: 15, milliseconds: 10_000 }

/** Lets things happen in order, and so many in so long at most. */
export class Pace {
  private readonly recent: number[] = []
  private last: Promise<void> = Promise.resolve()

  /** Resolves when it is this caller's turn. */
  turn(): Promise<void> {
    this.last = this.last.then(async () => {
      const first = this.recent.length < RATE.events ? undefined : this.recent.shift()
      const wait = first === undefined ? 0 : first + RATE.milliseconds - Date.now()
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
      this.recent.push(Date.now())
    })
    return this.last
  }
}
