/** Failures in a row after which nothing is tried for a while. */
const FAILURES = 5

/**
 * Keeps calls away from a service that fails, so that it can recover and nobody waits in vain (Nygard 2007, "Release It!"):
 * after five failures in a row none is let through for a while, then one at a time, until one succeeds.
 */
export class Breaker {
  #failures = 0
  #until = 0
  #trying = false

  /** @param rest How long nothing is tried, in milliseconds. */
  constructor(
    private readonly rest: number,
    private readonly now: () => number = Date.now,
  ) {}

  /** Whether a call may be made now; its outcome must be told. */
  admit(): boolean {
    if (this.#failures < FAILURES) return true
    if (this.#trying || this.now() < this.#until) return false
    this.#trying = true
    return true
  }

  succeeded(): void {
    this.#failures = 0
    this.#trying = false
  }

  failed(): void {
    this.#failures++
    this.#trying = false
    if (this.#failures >= FAILURES) this.#until = this.now() + this.rest
  }
}
