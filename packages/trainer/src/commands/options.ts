import { InvalidArgumentError } from 'commander'

/** A whole number of at least `least`, as an option's value. */
export function whole(least: number): (value: string) => number {
  return (value) => {
    const number = Number(value)
    if (value.trim() && Number.isSafeInteger(number) && number >= least) return number
    throw new InvalidArgumentError(`It must be a whole number of at least ${least}.`)
  }
}

/** A number above zero, as an option's value. */
export function positive(value: string): number {
  const number = Number(value)
  if (Number.isFinite(number) && number > 0) return number
  throw new InvalidArgumentError('It must be a number above 0.')
}

/** A date, or a date and time, as milliseconds since 1970. */
export function date(value: string): number {
  const time = Date.parse(value)
  if (!Number.isNaN(time)) return time
  throw new InvalidArgumentError('It must be a date such as 2026-11-01.')
}
