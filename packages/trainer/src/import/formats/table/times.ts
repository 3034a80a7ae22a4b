import { parseTime } from '../../fields.js'
import { DateOrders, type Order, timeOf } from '../whatsapp/order.js'
import { stampAt } from '../whatsapp/stamp.js'

/** Times as tables have them: numbers, ISO 8601, or dates whose order the whole file tells. */
export class Times {
  private constructor(private readonly order: Order) {}

  static async of(values: AsyncIterable<unknown>): Promise<Times> {
    const orders = new DateOrders()
    for await (const value of values) {
      // One that is unmistakable speaks for the others.
      if (typeof value === 'number' || (typeof value === 'string' && parseTime(value) !== undefined)) break
      const stamp = typeof value === 'string' ? stampIn(value) : undefined
      if (stamp && orders.add(stamp)) break
    }
    return new Times(orders.best())
  }

  /** Unix seconds, or undefined where it is no time. */
  read(value: unknown): number | undefined {
    const text = typeof value === 'number' ? String(value) : value
    if (typeof text !== 'string') return undefined
    const time = parseTime(text)
    if (time !== undefined) return time
    const stamp = stampIn(text)
    if (stamp) return timeOf(stamp, this.order)
    const date = Date.parse(text)
    return Number.isNaN(date) ? undefined : date / 1000
  }
}

/** Only a date is midnight. */
function stampIn(text: string) {
  return stampAt(`[${text}]`, 0) ?? stampAt(`[${text} 00:00]`, 0)
}
