const DAY = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC' })

/** `£12.40`, from 12.4 and `GBP`. */
export function money(amount: number, currency: string): string {
  return new Intl.NumberFormat('en-GB', { style: 'currency', currency }).format(amount)
}

export const pounds = (amount: number) => money(amount, 'GBP')

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

/** A date as people write it: `12/04/1990`, `12.4.1990`, `12th April 1990`. */
export const DATE = new RegExp(
  `\\b\\d{1,2}(?:[/.-]\\d{1,2}[/.-]|(?:st|nd|rd|th)? (?:${MONTHS.join('|')})[a-z]* )\\d{4}\\b`,
  'i',
)

/** `1990-04-12` from any of these; undefined where there is no such day. */
export function readDate(written: string): string | undefined {
  const [day = '', month = '', year = ''] = written.toLowerCase().match(/\d+|[a-z]{3,}/g) ?? []
  const number = MONTHS.indexOf(month.slice(0, 3)) + 1 || Number(month)
  const date = new Date(Date.UTC(Number(year), number - 1, Number(day)))
  return date.getUTCMonth() === number - 1 ? date.toISOString().slice(0, 10) : undefined
}

/** `Fri, 20 Nov`, from `2026-11-20`. */
export const day = (date: string) => DAY.format(new Date(date))
