import type { ColloquyError } from '../errors.js'
import { Backlog } from './backlog.js'
import type { Model } from './card.js'
import { failed, Thread } from './thread.js'

/** Jobs that a thread holds at once: while one runs the next is already there, so no thread waits for the main one. */
const DEPTH = 2

/** Starts in a row that may fail; then there is a thread less. */
const TRIES = 3

/** What a pool is opened with. */
export interface PoolOptions {
  threads: number
  /** How many texts may wait, and how long each, in seconds. */
  waiting?: number
  patience?: number
  /** What the graph runs on. */
  providers?: readonly string[]
}

/** Threads that share one backlog. A thread that dies is replaced, and what it held is tried once more. */
export class Pool {
  readonly #model: Model
  readonly #providers: readonly string[]
  readonly #threads = new Set<Thread>()
  readonly #backlog: Backlog
  /** True from loading to stopping: the time in which a dead thread is replaced. */
  #serving = false
  /** Why no text is taken any more. */
  #refusal: ColloquyError | undefined
  #closing: Promise<void> | undefined
  #onDrained: (() => void) | undefined

  private constructor(model: Model, { waiting = 1000, patience = 5, providers = ['cpu'] }: PoolOptions) {
    this.#model = model
    this.#providers = providers
    this.#backlog = new Backlog(waiting, patience * 1000)
  }

  /**
   * Loads the model in every thread and tries it there.
   *
   * @throws ColloquyError `bad_model`, or `classifier_failed` if a thread cannot be started
   */
  static async open(model: Model, options: PoolOptions): Promise<Pool> {
    const pool = new Pool(model, options)
    try {
      await Promise.all(Array.from({ length: options.threads }, () => pool.#start(1)))
      pool.#serving = true
      return pool
    } catch (error) {
      await pool.#stop()
      throw error
    }
  }

  /**
   * The embedding of a text.
   *
   * @throws ColloquyError `classifier_failed`, or `classifier_busy` where too many wait, or it has waited too long
   */
  run(text: string): Promise<Float32Array> {
    if (this.#refusal) return Promise.reject(this.#refusal)
    return new Promise((resolve, reject) => {
      const job = { text, retried: false, resolve, reject }
      const free = this.#backlog.size === 0 ? this.#leastBusy() : undefined
      if (free) free.take(job)
      else this.#backlog.add(job)
      if (this.#threads.size === 0) this.#restart(1)
    })
  }

  /** Takes no more texts, answers those that it has, and ends the threads. */
  close(): Promise<void> {
    this.#refusal ??= failed('The classifier is closed.')
    this.#closing ??= new Promise<void>((resolve) => {
      this.#onDrained = resolve
      this.#dispatch()
    }).then(() => this.#stop())
    return this.#closing
  }

  /** @param tries How many starts may still fail in this place, with this one. */
  #start(tries: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const thread: Thread = new Thread(this.#model, this.#providers, {
        free: () => {
          resolve()
          this.#dispatch()
        },
        end: (why) => {
          reject(why)
          this.#threads.delete(thread)
          if (this.#serving) this.#replace(thread, thread.ready ? TRIES : tries - 1, why)
        },
      })
      this.#threads.add(thread)
    })
  }

  /** A start that fails ends in `#replace`, as any thread does. */
  #restart(tries: number): void {
    this.#start(tries).catch(() => undefined)
  }

  #replace(dead: Thread, tries: number, why: ColloquyError): void {
    const held = dead.jobs
    for (const job of held.filter((job) => job.retried)) job.reject(why)
    this.#backlog.return(held.filter((job) => !job.retried).map((job) => ({ ...job, retried: true })))
    if (tries > 0) this.#restart(tries)
    else if (this.#threads.size === 0) this.#backlog.fail(why)
    this.#dispatch()
  }

  #dispatch(): void {
    for (let thread = this.#leastBusy(); thread; thread = this.#leastBusy()) {
      const job = this.#backlog.take()
      if (!job) break
      thread.take(job)
    }
    if (this.#onDrained && this.#backlog.size === 0 && [...this.#threads].every((thread) => thread.jobs.length === 0)) {
      this.#onDrained()
    }
  }

  #leastBusy(): Thread | undefined {
    let best: Thread | undefined
    for (const thread of this.#threads) {
      if (thread.ready && thread.jobs.length < (best?.jobs.length ?? DEPTH)) best = thread
    }
    return best
  }

  async #stop(): Promise<void> {
    this.#serving = false
    await Promise.all([...this.#threads].map((thread) => thread.stop()))
  }
}
