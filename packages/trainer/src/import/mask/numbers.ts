/** How long an IBAN is in each country (SWIFT's registry). */
const IBAN_LENGTHS =
  'AD24AE23AL28AT20AZ28BA20BE16BG22BH22BI27BR29BY28CH21CR22CY28CZ24DE22DJ27DK18DO28EE20EG29ES24FI18FK18FO18FR27GB22GE22GI23GL18GR27GT28HN28HR21HU28IE22IL23IQ23IS26IT27JO30KW30KZ20LB28LC32LI21LT20LU20LV21LY25MC27MD24ME22MK19MN20MR27MT31MU30NI28NL18NO15OM23PK24PL28PS29PT25QA29RO24RS22RU33SA24SC31SD18SE24SI19SK24SM27SO23ST25SV28TL23TN24TR26UA29VA22VG24XK20YE30'

const LENGTHS = new Map(
  [...IBAN_LENGTHS.matchAll(/([A-Z]{2})(\d{2})/g)].map(([, land, length]) => [land, Number(length)]),
)

/** The part of a text that is an IBAN, from its start on: ISO 13616, with its check of modulus 97. */
export function ibanIn(text: string): string | undefined {
  const length = LENGTHS.get(text.slice(0, 2).toUpperCase())
  if (length === undefined) return undefined
  let kept = ''
  for (const char of text) {
    if (kept.replace(/[\s-]/g, '').length === length) break
    kept += char
  }
  const plain = kept.replace(/[\s-]/g, '').toUpperCase()
  if (plain.length !== length) return undefined
  let rest = 0
  for (const char of plain.slice(4) + plain.slice(0, 4)) {
    const value = Number.parseInt(char, 36)
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97
  }
  return rest === 1 ? kept : undefined
}

/** Whether 13 to 19 digits are the number of a payment card: its first digits are a network's, its last one is Luhn's. */
export function isCard(digits: string): boolean {
  if (!/^(?:4|5[0-8]|2[2-7]|3[04-9]|6|9792|1800|2131)/.test(digits) || /^(\d)\1+$/.test(digits)) return false
  let sum = 0
  for (let n = 0; n < digits.length; n++) {
    const value = Number(digits[digits.length - 1 - n])
    sum += n % 2 === 0 ? value : value * 2 - (value > 4 ? 9 : 0)
  }
  return sum % 10 === 0
}
