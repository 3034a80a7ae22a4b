/** A value and where it stands in the text. */
export interface Found<T> {
  value: T
  start: number
  end: number
}

/** An amount and its currency, ISO 4217. */
export type Money = { amount: number; currency: string }

/** Patterns as they are declared, and the same ones made to find every match: compiling costs more than matching. */
const globals = new WeakMap<RegExp, RegExp>()

function globalOf(pattern: RegExp): RegExp {
  const made = globals.get(pattern) ?? new RegExp(pattern.source, `${pattern.flags.replace(/[gy]/g, '')}g`)
  globals.set(pattern, made)
  return made
}

/** Every match of a pattern. */
export function findMatches(text: string, pattern: RegExp): Found<string>[] {
  const global = globalOf(pattern)
  const found: Found<string>[] = []
  global.lastIndex = 0
  for (let match = global.exec(text); match; match = global.exec(text)) {
    const [value] = match
    const start = match.index
    if (value === '') global.lastIndex = start + ((text.codePointAt(start) ?? 0) > 0xffff ? 2 : 1)
    else found.push({ value, start, end: start + value.length })
  }
  return found
}

/** Whether the pattern matches the whole of the text. */
export function wholly(text: string, pattern: RegExp): boolean {
  return findMatches(text, pattern)[0]?.value === text
}

const EMAIL = /[a-z0-9._%+-]{1,64}@[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63}){0,4}\.[a-z]{2,24}/i

export function findEmails(text: string): Found<string>[] {
  return findMatches(text, EMAIL).map((one) => ({ ...one, value: one.value.toLowerCase() }))
}

const NUMBER = String.raw`\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?`

const FIGURE = new RegExp(`(?<![\\p{L}\\d.,])-?(?:${NUMBER})(?![\\p{L}\\d])`, 'u')

export function findNumbers(text: string): Found<number>[] {
  return findMatches(text, FIGURE).map((one) => ({
    ...one,
    value: Number(one.value.replaceAll(',', '')),
  }))
}

const SYMBOLS: Record<string, string> = { '£': 'GBP', $: 'USD', '€': 'EUR', '¥': 'JPY', '₹': 'INR' }
const WORDS: Record<string, string> = {
  pound: 'GBP',
  quid: 'GBP',
  sterling: 'GBP',
  dollar: 'USD',
  buck: 'USD',
  euro: 'EUR',
  yen: 'JPY',
  franc: 'CHF',
  rupee: 'INR',
  yuan: 'CNY',
}
const CODES = new Set(Intl.supportedValuesOf('currency'))
const AMOUNT = new RegExp(`([£$€¥₹])\\s?(${NUMBER})|(?<![\\p{L}\\d.,])(${NUMBER})\\s?([£€₹]|\\p{L}+)`, 'giu')

/** Amounts such as `£20`, `20.50 EUR`, `1,200 dollars`. */
export function findAmounts(text: string): Found<Money>[] {
  return [...text.matchAll(AMOUNT)].flatMap((match) => {
    const currency = currencyOf(match[1] ?? match[4] ?? '')
    const amount = Number((match[2] ?? match[3] ?? '').replaceAll(',', ''))
    return currency ? [{ value: { amount, currency }, start: match.index, end: match.index + match[0].length }] : []
  })
}

function currencyOf(said: string): string | undefined {
  const code = said.toUpperCase()
  return SYMBOLS[said] ?? WORDS[said.toLowerCase().replace(/s$/, '')] ?? (CODES.has(code) ? code : undefined)
}
