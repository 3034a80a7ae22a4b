const DAY = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC' })

/** `£12.40`, from 12.4 and `GBP`. */
export function money(amount: number, currency: string): string {
  return new Intl.NumberFormat('en-GB', { style: 'currency', currency }).format(amount)
}

export const pounds = (amount: number) => money(amount, 'GBP')

/** `Fri, 20 Nov`, from `2026-11-20`. */
export const day = (date: string) => DAY.format(new Date(date))
