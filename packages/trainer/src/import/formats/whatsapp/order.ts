import type { Stamp } from './stamp.js'

/** Which number is which in a date. */
export type Order = 'dmy' | 'mdy' | 'ymd'

const ORDERS: Order[] = ['dmy', 'mdy', 'ymd']
const DAY = 86_400
/** WhatsApp began in 2009; a year after now is no date of a message. */
const FIRST_YEAR = 2009
/** So many dates that fit one order only, and the rest of a file need not be looked at. */
const ENOUGH = 1000

/** Days since 1970 by the order, or undefined where there is no such day. */
function daysOf([a, b, c]: Stamp['date'], order: Order): number | undefined {
  const [d, m, y] = order === 'dmy' ? [a, b, c] : order === 'mdy' ? [b, a, c] : [c, b, a]
  const year = yearOf(y)
  if (m < 1 || m > 12 || d < 1 || d > 31) return undefined
  if (year >= 1380 && year <= 1430) return persian(year, m, d)
  if (year < FIRST_YEAR || year > new Date().getUTCFullYear() + 1) return undefined
  const time = Date.UTC(year, m - 1, d)
  return new Date(time).getUTCDate() === d ? time / 1000 / DAY : undefined
}

/** `24` is 2024, and where years count from Buddha 2567 and `67` are. */
function yearOf(year: number): number {
  const thisYear = new Date().getUTCFullYear()
  if (year < 100) return year <= (thisYear % 100) + 1 ? 2000 + year : 1900 + year + 57
  return year > 2500 ? year - 543 : year
}

/**
 * A day of the Persian calendar, which phones in Iran write: its year 1300 began on 21 March 1921, and 33 years hold 8 leap
 * years. That is exact from 2001 to 2051.
 */
function persian(year: number, month: number, day: number): number {
  const newYear = Math.floor(Date.UTC(1921, 2, 21) / 1000 / DAY)
  const passed = year - 1300
  const leaps = Math.floor((passed * 8 + 26) / 33)
  const before = month <= 7 ? (month - 1) * 31 : 186 + (month - 7) * 30
  return newYear + passed * 365 + leaps + before + day - 1
}

/**
 * What speaks for each order in a whole file. `3/4/24` may be April or March; but a `25` is a day and no month, and time
 * in a chat mostly goes on.
 */
export class DateOrders {
  private readonly fits = [0, 0, 0]
  private readonly backwards = [0, 0, 0]
  private readonly last = [0, 0, 0]
  private count = 0

  /** @returns whether all is clear already. */
  add({ date, time }: Stamp): boolean {
    this.count++
    for (const [n, order] of ORDERS.entries()) {
      const days = daysOf(date, order)
      if (days === undefined) continue
      this.fits[n] = (this.fits[n] as number) + 1
      const now = days * DAY + time
      // A clock that is set back by hours is no sign of a wrong order: that goes back by weeks.
      if (now < (this.last[n] as number) - 7 * DAY) this.backwards[n] = (this.backwards[n] as number) + 1
      this.last[n] = now
    }
    if (this.count % ENOUGH !== 0) return false
    const [best, second] = [...this.fits].sort((a, b) => b - a) as [number, number]
    return best - second >= ENOUGH
  }

  /** The order that fits most dates; then the one in which time goes back least; then how most of the world writes. */
  best(): Order {
    const worth = (n: number) => (this.fits[n] as number) - (this.backwards[n] as number)
    return ORDERS.reduce((best, order, n) => (worth(n) > worth(ORDERS.indexOf(best)) ? order : best), 'dmy' as Order)
  }
}

/** Unix seconds, as if the phone's clock were UTC: an export does not tell its zone. */
export function timeOf({ date, time }: Stamp, order: Order): number | undefined {
  const days = cached(date, order)
  return days === undefined ? undefined : days * DAY + time
}

/** Messages of one day follow one another. */
let [lastDate, lastOrder, lastDays]: [Stamp['date'], Order, number | undefined] = [[0, 0, 0], 'dmy', undefined]

function cached(date: Stamp['date'], order: Order): number | undefined {
  if (date[0] === lastDate[0] && date[1] === lastDate[1] && date[2] === lastDate[2] && order === lastOrder)
    return lastDays
  lastDays = daysOf(date, order)
  ;[lastDate, lastOrder] = [date, order]
  return lastDays
}
