import type { Answer, BotEntry, CustomerEntry, Draft, Entry, Rating, ShownFile } from '../protocol.js'

/** How far a message of the customer's got. `refused` ones are never sent again; `failed` ones when the customer says so. */
export type Delivery = 'sending' | 'sent' | 'failed' | 'refused'

export interface CustomerLine extends CustomerEntry {
  delivery: Delivery
  /** What the server calls its files. */
  uploads?: string[]
  /** Why it failed or was refused. */
  problem?: string
}

/** One line on the screen. */
export type Line = CustomerLine | BotEntry

/** What is on the screen, in order: each message once, whatever arrives how often. */
export class Transcript {
  lines: Line[] = []
  /** Thumbs that the server has not taken yet. */
  ratings: Rating[] = []

  /** A message of the bot's, or one that the customer sent from another tab. */
  add(entry: Entry): void {
    const known = this.find(entry.id)
    if (!known) this.lines.push(line(entry))
    else if (known.from === 'customer') delivered(known)
  }

  /** Puts what the server remembers between what it no longer tells and what it does not know yet. */
  merge(history: Entry[]): void {
    const ids = new Set(history.map((entry) => entry.id))
    const known = new Map(this.lines.map((line) => [line.id, line]))
    const start = this.lines.findIndex((line) => ids.has(line.id))
    const own = (line: Line) => line.from === 'customer' && line.delivery !== 'sent'
    const older = this.lines.filter((line, i) => !ids.has(line.id) && !own(line) && (start < 0 || i < start))
    const newer = this.lines.filter((line) => !ids.has(line.id) && !older.includes(line))
    const told = history.map((entry) => known.get(entry.id) ?? line(entry))
    for (const line of told) if (line.from === 'customer') delivered(line)
    this.lines = [...older, ...told, ...newer]
  }

  /** `files` are what the uploads of the draft look like. */
  submit(draft: Draft, at: number, files: ShownFile[] = []): void {
    this.lines.push({ from: 'customer', ...draft, ...(files.length > 0 && { files }), at, delivery: 'sending' })
  }

  rate(rating: Rating): void {
    const line = this.find(rating.feedback.message)
    if (line?.from !== 'bot') return
    line.rated = rating.feedback.value
    this.ratings.push(rating)
  }

  /** The server has a rating, or will never take it. */
  rated({ id }: Rating): void {
    this.ratings = this.ratings.filter((rating) => rating.id !== id)
  }

  settle(id: string, answer: Answer): void {
    const line = this.find(id)
    if (line?.from !== 'customer') return
    if (answer.ok) delivered(line)
    else if (line.delivery === 'sending') {
      line.delivery = answer.retry ? 'failed' : 'refused'
      line.problem = answer.error
    }
  }

  /** Makes a failed message one to be sent again, under the id it had. */
  retry(id: string): void {
    const line = this.find(id)
    if (line?.from !== 'customer' || line.delivery !== 'failed') return
    line.delivery = 'sending'
    delete line.problem
  }

  /** What has no answer yet, oldest first. */
  unsent(): Draft[] {
    return this.lines.flatMap((line) => {
      if (line.from !== 'customer' || line.delivery !== 'sending') return []
      const { id, text, choice, fields, uploads } = line
      return [
        { id, text, ...(choice !== undefined && { choice }), ...(fields && { fields }), ...(uploads && { uploads }) },
      ]
    })
  }

  has(id: string): boolean {
    return this.find(id) !== undefined
  }

  private find(id: string): Line | undefined {
    return this.lines.find((line) => line.id === id)
  }
}

function line(entry: Entry): Line {
  return entry.from === 'bot' ? entry : { ...entry, delivery: 'sent' }
}

function delivered(line: CustomerLine): void {
  line.delivery = 'sent'
  delete line.problem
}
