import { ColloquyError, missing, reason } from '../errors.js'

/** A database, open or not, whose failures are told as `store_unavailable`. */
export class Connection<Driver> {
  private driver: Driver | undefined
  private readonly place: string

  /**
   * @param name - what the database is called in errors.
   * @param transient - whether work that failed so was undone by the database and may be done again at once.
   */
  constructor(
    private readonly name: string,
    url: string,
    private readonly transient: (error: unknown) => boolean = () => false,
  ) {
    this.place = `${name} at ${url.replace(/\/\/.*@/, '//').replace(/\?.*$/, '')}`
  }

  /** Opens once; `connect` cleans up after itself where it fails. */
  async open(connect: () => Promise<Driver>): Promise<void> {
    try {
      this.driver ??= await connect()
    } catch (error) {
      throw this.told(error, `Is ${this.name} running, and are the user and password right?`)
    }
  }

  async use<T>(work: (driver: Driver) => Promise<T>): Promise<T> {
    if (!this.driver)
      throw new ColloquyError('store_unavailable', `${this.place} is not open.`, 'Call bot.start() first.')
    for (let tries = 1; ; tries++) {
      try {
        return await work(this.driver)
      } catch (error) {
        if (tries < TRIES && this.transient(error)) continue
        throw this.told(error, '')
      }
    }
  }

  async close(end: (driver: Driver) => Promise<void>): Promise<void> {
    const { driver } = this
    this.driver = undefined
    // A connection that is lost already is as closed as it can be.
    if (driver) await end(driver).catch(() => {})
  }

  /** What was written by a version that this one does not know. */
  newer(): ColloquyError {
    return new ColloquyError(
      'store_unavailable',
      `${this.place} was written by a newer version of Colloquy.`,
      'Upgrade @colloquy/core.',
    )
  }

  /** What no bot has written to. */
  foreign(): ColloquyError {
    return new ColloquyError(
      'store_unavailable',
      `${this.place} holds no log of a bot.`,
      'Is it the database of the bot?',
    )
  }

  private told(error: unknown, hint: string): ColloquyError {
    if (error instanceof ColloquyError) return error
    // A host with several addresses fails with one error for each, and no message of its own.
    const why = error instanceof AggregateError && !error.message ? error.errors.map(reason).join(', ') : reason(error)
    return new ColloquyError('store_unavailable', `${this.place}: ${why}.`, hint, { cause: error })
  }
}

/** How often work is done again that the database undid in favour of another. */
const TRIES = 10

/** Imports an optional peer dependency, or says how to install it. */
export async function driver<T>(name: string, command: string, load: () => Promise<T>): Promise<T> {
  return load().catch((error) => {
    throw missing(name, command, error)
  })
}
