import type { CountryCode } from 'libphonenumber-js'
import type { Turn } from '../../data/transcript.js'
import { Names } from './names.js'
import { type Kind, maskEmails, maskIpv6, maskNumbers, maskUrls, type Put } from './patterns.js'
import { Placeholders } from './secret.js'

export interface MaskOptions {
  /** Gives the same placeholders in every run that has it. */
  key?: string | undefined
  /** Where telephone numbers without a country's code are from. */
  countries: CountryCode[]
}

const [COLON, AT] = [0x3a, 0x40]
/** A number of a telephone has seven digits at least, an address of IP four. */
const DIGITS = 4
/** Every one is tried for each number. */
const COUNTRIES = 5

/** Replaces personal data in texts by placeholders such as `[email-kqzwhcd]`, the same for the same value. */
export class Masker {
  readonly counts: Record<Kind, number> = { email: 0, phone: 0, card: 0, iban: 0, ip: 0, url: 0, person: 0 }
  private readonly placeholders: Placeholders
  private readonly names = new Names()

  constructor(private readonly options: MaskOptions) {
    this.placeholders = new Placeholders(options.key)
  }

  /** A person's names are masked from now on, all as the same person. */
  know(person: string, names: readonly string[]): void {
    for (const name of names) this.names.add(name, person)
  }

  /** Somebody is from this country: numbers without a code may be, too. */
  from(country: CountryCode): void {
    const { countries } = this.options
    if (countries.length < COUNTRIES && !countries.includes(country)) countries.push(country)
  }

  /** What stands for somebody, without brackets. */
  person(key: string): string {
    return this.placeholders.of('person', key)
  }

  mask(text: string): string {
    let [digits, at, colons] = [0, false, 0]
    for (let n = 0; n < text.length; n++) {
      const code = text.charCodeAt(n)
      if (code >= 0x30 && code <= 0x39) digits++
      else if (code === AT) at = true
      else if (code === COLON) colons++
    }
    let masked = text
    if (colons > 0 && text.includes('://')) masked = maskUrls(masked, this.put)
    if (at) masked = maskEmails(masked, this.put)
    if (digits >= DIGITS) masked = maskNumbers(masked, this.options.countries, this.put)
    if (colons > 1) masked = maskIpv6(masked, this.put)
    return this.names.mask(masked, this.putPerson)
  }

  turn(turn: Turn): void {
    turn.text = this.mask(turn.text)
    if (turn.attachments) turn.attachments = turn.attachments.map((name) => this.mask(name))
  }

  private readonly put: Put = (kind, value) => {
    this.counts[kind]++
    return `[${this.placeholders.of(kind, value)}]`
  }

  private readonly putPerson = (value: string): string => this.put('person', value)
}
