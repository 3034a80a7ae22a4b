import { ColloquyError } from '@colloquy/core'

const HINT = 'Mend it, or leave such places out with --skip-bad.'

/** What cannot be read: an error with its place, or, where bad places are to be skipped, counted. */
export class Problems {
  count = 0
  /** The first few, to be shown. */
  readonly first: string[] = []

  constructor(private readonly skip: boolean) {}

  /** @throws {@link ColloquyError} `bad_data` unless bad places are skipped. */
  bad(place: string, why: string): void {
    const said = `${place}: ${why}.`
    if (!this.skip) throw new ColloquyError('bad_data', said, HINT)
    this.count++
    if (this.first.length < 5) this.first.push(said)
  }
}

/** Thrown by a format where a value is not what it should be; told with its place. */
export class Unusable extends Error {}
