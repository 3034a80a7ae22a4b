import { keep, kept } from './kept.js'

/** Seconds until a closed chat invites the customer. */
const AFTER = 5

/** Speaks to a visitor first: once in a browser, and only to who has not talked yet. */
export class Invitation {
  private timer: ReturnType<typeof setTimeout> | undefined

  /** `show` gets the text, and an empty one to take it away. */
  constructor(
    private readonly server: URL,
    private readonly show: (text: string) => void,
  ) {}

  /** `after` in seconds. */
  plan(text: string, after: string | null): void {
    if (!text || kept(this.server, 'secret') || kept(this.server, 'invited')) return
    const show = () => {
      keep(this.server, 'invited', 'yes')
      this.show(text)
    }
    this.timer = setTimeout(show, Number(after ?? AFTER) * 1000)
  }

  /** Taken up, declined, or no longer wanted. */
  end(): void {
    clearTimeout(this.timer)
    this.show('')
  }
}
