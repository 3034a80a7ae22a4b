import { type CountryCode, findPhoneNumbersInText } from 'libphonenumber-js'
import { copy } from '../copy.js'

/** A telephone number in a piece of text, and where it stands there. */
interface Found {
  start: number
  end: number
  /** As E.164 writes it. */
  number: string
}

/** Every one is tried for each number. */
const COUNTRIES = 5
/** How many pieces are remembered: to look at one takes longer than all else that is done with a message. */
const REMEMBERED = 10_000

/** Tells telephone numbers from other digits: with its country's code anywhere, without it in the countries given. */
export class Phones {
  private readonly known = new Map<string, Found | undefined>()

  constructor(private readonly countries: CountryCode[]) {}

  /** Numbers without a code may be from here, too. */
  from(country: CountryCode): void {
    if (this.countries.length >= COUNTRIES || this.countries.includes(country)) return
    this.countries.push(country)
    this.known.clear()
  }

  in(piece: string): Found | undefined {
    if (this.countries.length === 0 && !/^(?:\+|00[1-9])/.test(piece)) return undefined
    if (this.known.has(piece)) return this.known.get(piece)
    if (this.known.size >= REMEMBERED) this.known.clear()
    const found = this.look(piece)
    this.known.set(copy(piece), found)
    return found
  }

  private look(piece: string): Found | undefined {
    const written = piece.replace(/^00(?=[1-9])/, '+')
    const shift = piece.length - written.length
    for (const country of written.startsWith('+') ? [undefined] : this.countries) {
      const [first] = findPhoneNumbersInText(written, country)
      if (!first) continue
      const start = first.startsAt === 0 ? 0 : first.startsAt + shift
      return { start, end: first.endsAt + shift, number: first.number.number }
    }
    return undefined
  }
}
