import { InvalidArgumentError } from 'commander'
import { type CountryCode, isSupportedCountry } from 'libphonenumber-js'
import { COLUMNS, type Column } from '../import/formats/table/columns.js'

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

/** A share: a number over 0 and under 1. */
export function between0and1(value: string): number {
  const number = Number(value)
  if (number > 0 && number < 1) return number
  throw new InvalidArgumentError('It must be a number between 0 and 1.')
}

/** A date, or a date and time, as milliseconds since 1970. */
export function date(value: string): number {
  const time = Date.parse(value)
  if (!Number.isNaN(time)) return time
  throw new InvalidArgumentError('It must be a date such as 2026-11-01.')
}

/** A span of time such as `2h`, in seconds. */
export function seconds(value: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(s|m|h|d)$/.exec(value) ?? []
  const span = Number(number) * ({ s: 1, m: 60, h: 3600, d: 86_400 }[unit ?? ''] ?? 0)
  if (span > 0) return span
  throw new InvalidArgumentError('It must be a span of time such as 30m, 2h or 1d.')
}

/** `text=body,role=author` */
export function mapping(value: string): Record<string, string> {
  const pairs = value.split(',').map((pair) => pair.split('=').map((part) => part.trim()))
  for (const [column, name, more] of pairs) {
    if (!COLUMNS.includes(column as Column))
      throw new InvalidArgumentError(`"${column}" is none of ${COLUMNS.join(', ')}.`)
    if (!name || more !== undefined) throw new InvalidArgumentError('It must be like text=body,conversation=ticket_id.')
  }
  return Object.fromEntries(pairs)
}

/** A country as ISO 3166 calls it, such as `GB`. */
export function country(value: string): CountryCode {
  const code = value.toUpperCase()
  if (isSupportedCountry(code)) return code
  throw new InvalidArgumentError('It must be a country such as GB or DE.')
}
