import { appendFile, readFile, rename, writeFile } from 'node:fs/promises'
import type { LogEvent } from './event.js'

/**
 * Somewhere else that the log goes, besides the store: a file, a queue, a data warehouse. It is told of events once they are
 * saved, in order; what it throws is logged, and the store still has the events.
 *
 * @example
 * ```ts
 * const sink: Sink = { write: (events) => warehouse.insert(events) }
 * ```
 */
export interface Sink {
  write(events: readonly LogEvent[]): Promise<void>
  /** Removes what it keeps about these people. */
  forget?(people: readonly string[]): Promise<void>
}

/**
 * A file of events, one JSON object a line.
 *
 * @param path - made where it does not exist, appended to where it does.
 */
export function fileSink(path: string): Sink {
  // One after another: a line is never written into a file that is being rewritten.
  let last: Promise<unknown> = Promise.resolve()
  const next = (work: () => Promise<void>): Promise<void> => {
    const done = last.then(work)
    last = done.catch(() => {})
    return done
  }
  return {
    write: (events) => next(() => appendFile(path, events.map((event) => `${JSON.stringify(event)}\n`).join(''))),
    forget: (people) =>
      next(async () => {
        const lines = (await readFile(path, 'utf8').catch(() => '')).split('\n')
        const kept = lines.filter((line) => line !== '' && !people.includes((JSON.parse(line) as LogEvent).person))
        await writeFile(`${path}.new`, kept.map((line) => `${line}\n`).join(''))
        await rename(`${path}.new`, path)
      }),
  }
}

/** Tells every sink, in the order of calls, without anybody waiting for them. */
export class Sinks {
  private last: Promise<unknown> = Promise.resolve()

  constructor(
    private readonly sinks: readonly Sink[],
    private readonly failed: (error: unknown) => void,
  ) {}

  write(events: readonly LogEvent[]): void {
    if (this.sinks.length === 0 || events.length === 0) return
    this.last = this.last.then(() => Promise.all(this.sinks.map((sink) => sink.write(events).catch(this.failed))))
  }

  /** @throws what a sink throws: forgetting must not fail unseen. */
  async forget(people: readonly string[]): Promise<void> {
    await this.idle()
    await Promise.all(this.sinks.map((sink) => sink.forget?.(people)))
  }

  /** Resolves when everything has been written. */
  async idle(): Promise<void> {
    await this.last
  }
}
