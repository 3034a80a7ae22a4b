import { ColloquyError } from '../errors.js'
import type { Job } from './thread.js'

/** Jobs that no thread has taken yet: only so many, and each only for so long, so that overload costs neither memory nor sense. */
export class Backlog {
  readonly #jobs: (Job & { until: number })[] = []
  #timer: NodeJS.Timeout | undefined

  /**
   * @param limit How many may wait.
   * @param patience How long one may wait, in milliseconds.
   */
  constructor(
    private readonly limit: number,
    private readonly patience: number,
  ) {}

  get size(): number {
    return this.#jobs.length
  }

  /** Takes a job in, or rejects it with `classifier_busy`. */
  add(job: Job): void {
    if (this.#jobs.length < this.limit) {
      this.#jobs.push({ ...job, until: performance.now() + this.patience })
      this.#watch()
    } else job.reject(busy(`${this.limit} texts wait already`))
  }

  /** Takes back what a thread could not finish: it goes first. */
  return(jobs: Job[]): void {
    const until = performance.now() + this.patience
    this.#jobs.unshift(...jobs.map((job) => ({ ...job, until })))
    this.#watch()
  }

  /** The next job that has not waited too long. */
  take(): Job | undefined {
    this.#dismiss()
    return this.#jobs.shift()
  }

  /** Rejects all that wait. */
  fail(why: ColloquyError): void {
    for (const job of this.#jobs.splice(0)) job.reject(why)
  }

  #dismiss(): void {
    const now = performance.now()
    while (this.#jobs[0] && this.#jobs[0].until <= now) {
      this.#jobs.shift()?.reject(busy(`no thread was free for ${this.patience / 1000} seconds`))
    }
  }

  /** The oldest is dismissed in time even if no thread ever asks for work. Threads, not this, keep the process alive. */
  #watch(): void {
    const [oldest] = this.#jobs
    if (this.#timer || !oldest) return
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined
        this.#dismiss()
        this.#watch()
      },
      Math.max(1, oldest.until - performance.now()),
    ).unref()
  }
}

function busy(why: string): ColloquyError {
  return new ColloquyError(
    'classifier_busy',
    `The classifier has too much to do: ${why}.`,
    'Try again in a moment; if this goes on, give it more workers or cores.',
  )
}
