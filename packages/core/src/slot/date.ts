import type { ParsedResult } from 'chrono-node'
import type { Found } from '../dialog/entity.js'
import { makeSlot, type SlotOptions } from '../dialog/slot.js'
import { missing } from '../errors.js'

const chrono = await import('chrono-node').catch((error) => {
  throw missing('chrono-node', 'npm install chrono-node', error)
})

const HAN = /\p{Script=Han}/u
const STORED = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2})?$/

/** What a date slot may be told besides {@link SlotOptions}. */
export interface DateOptions extends SlotOptions {
  /** Asks for a time of day as well: the value is `2026-11-27T15:30` instead of `2026-11-27`. */
  time?: boolean
  /** Takes "Friday" for the last one instead of the next. */
  past?: boolean
  /** The clock that "tomorrow" is told by; the process's by default. */
  now?: () => Date
}

/**
 * A day, or a day and a time, as people say it in English or Chinese: `27/11/2026`, "next Friday at 3pm", "明天". The value is
 * in ISO 8601, local to whoever says it.
 *
 * @throws {@link ColloquyError} `missing_dependency` at import without `chrono-node`.
 * @example
 * ```ts
 * import { date } from '@colloquy/core/slot/date'
 * const slots = { day: date({ ask: 'Which day suits you?' }) }
 * ```
 */
export function date<const O extends DateOptions>(options: O) {
  const { time = false, past = false, now = () => new Date() } = options
  const find = (text: string): Found<string>[] => {
    const language = HAN.test(text) ? chrono.zh : chrono.en.GB
    const parsed: ParsedResult[] = language.parse(text, now(), { forwardDate: !past })
    return parsed
      .filter(({ start }) => (time ? start.isCertain('hour') : start.isCertain('day') || start.isCertain('weekday')))
      .map(({ start, index, text: said }) => ({
        value: iso(start.date(), time),
        start: index,
        end: index + said.length,
      }))
  }
  return makeSlot<string, O>(options, {
    kind: 'date',
    find,
    parse: (text) => {
      const values = new Set(find(text).map((one) => one.value))
      return values.size === 1 ? [...values][0] : undefined
    },
    accepts: (value) => typeof value === 'string' && STORED.test(value) && value.includes('T') === time,
    show: (value) =>
      new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', ...(time && { timeStyle: 'short' }) }).format(
        new Date(time ? value : `${value}T12:00`),
      ),
  })
}

function iso(day: Date, time: boolean): string {
  const two = (n: number) => String(n).padStart(2, '0')
  const ymd = `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`
  return time ? `${ymd}T${two(day.getHours())}:${two(day.getMinutes())}` : ymd
}
