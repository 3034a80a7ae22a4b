import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js'

/** Where somebody is from who is called by a telephone number, as in a chat with people who are no contacts. */
export function countryOf(names: readonly string[]): CountryCode | undefined {
  const number = names.find((name) => name.startsWith('+'))
  return number === undefined ? undefined : parsePhoneNumberFromString(number)?.country
}
