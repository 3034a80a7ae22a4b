import type { CountryCode } from 'libphonenumber-js'
import type { Turn } from '../../data/transcript.js'
import { Names } from './names.js'
import { type Kind, maskEmails, maskIpv6, maskNumbers, maskUrls, type Put } from './patterns.js'
import { Phones } from './phones.js'
import { Placeholders } from './secret.js'
import { AT, COLON, COLONS, DIGITS, NAME } from './signs.js'

export interface MaskOptions {
  /** Gives the same placeholders in every run that has it. */
  key?: string | undefined
  /** Where telephone numbers without a country's code are from. */
  countries: CountryCode[]
}

/** Replaces personal data in texts by placeholders such as `[email-kqzwhcd]`, the same for the same value. */
export class Masker {
  readonly counts: Record<Kind, number> = { email: 0, phone: 0, card: 0, iban: 0, ip: 0, url: 0, person: 0 }
  private readonly placeholders: Placeholders
  private readonly names = new Names()
  private readonly phones: Phones

  constructor({ key, countries }: MaskOptions) {
    this.placeholders = new Placeholders(key)
    this.phones = new Phones(countries)
  }

  /** A person's names are masked from now on, all as the same person. */
  know(person: string, names: readonly string[]): void {
    for (const name of names) this.names.add(name, person)
  }

  /** Somebody is from this country: numbers without a code may be, too. */
  from(country: CountryCode): void {
    this.phones.from(country)
  }

  /** What stands for somebody, without brackets. */
  person(key: string): string {
    return this.placeholders.of('person', key)
  }

  mask(text: string): string {
    const signs = this.names.signs(text)
    if (signs === 0) return text
    let masked = text
    if (signs & COLON && text.includes('://')) masked = maskUrls(masked, this.put)
    if (signs & AT) masked = maskEmails(masked, this.put)
    if (signs & DIGITS) masked = maskNumbers(masked, this.phones, this.put)
    if (signs & COLONS) masked = maskIpv6(masked, this.put)
    // What now stands there may be somebody's name as well.
    return signs & NAME || masked !== text ? this.names.mask(masked, this.putPerson) : text
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
