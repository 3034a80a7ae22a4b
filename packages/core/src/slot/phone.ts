import type { CountryCode } from 'libphonenumber-js'
import type { Found } from '../dialog/entity.js'
import { makeSlot, type SlotOptions } from '../dialog/slot.js'
import { missing } from '../errors.js'

const { findPhoneNumbersInText, default: parsePhoneNumber } = await import('libphonenumber-js').catch((error) => {
  throw missing('libphonenumber-js', 'npm install libphonenumber-js', error)
})

/**
 * A telephone number, in E.164: `+442079460958`.
 *
 * @param options - `country`: where a number without a country code is from, as `'GB'`.
 * @throws {@link ColloquyError} `missing_dependency` at import without `libphonenumber-js`.
 * @example
 * ```ts
 * import { phone } from '@colloquy/core/slot/phone'
 * const slots = { phone: phone({ ask: 'Which number can we call?', country: 'GB', pii: true }) }
 * ```
 */
export function phone<const O extends SlotOptions & { country?: CountryCode }>(options: O) {
  const { country } = options
  const find = (text: string): Found<string>[] =>
    findPhoneNumbersInText(text, country).map(({ number, startsAt, endsAt }) => ({
      value: number.number,
      start: startsAt,
      end: endsAt,
    }))
  return makeSlot<string, O>(options, {
    kind: 'phone',
    find,
    parse: (text) => {
      const values = new Set(find(text).map((one) => one.value))
      return values.size === 1 ? [...values][0] : undefined
    },
    accepts: (value) => typeof value === 'string' && parsePhoneNumber(value)?.isValid() === true,
    show: (value) => parsePhoneNumber(value)?.formatInternational() ?? value,
  })
}
