/** An answer that people see while it is written. */
export interface Shown {
  /** The service's id of the message that shows it, once it stands. */
  id?: string | undefined
  text: string
  /** Whether the service takes further pieces of it, instead of a whole new text each time. */
  streamed?: boolean
}

/** Milliseconds between two pieces: services limit how often a message may change. */
const PACE = 1000

/** Answers in the making: what there is of each is shown at a pace, until the whole takes its place. */
export class Live {
  private readonly shown = new Map<string, Shown & { at: number; busy?: Promise<void> | undefined }>()

  /** Shows what there is at a place; what comes too soon is left out, as the next piece or the whole holds it. */
  async show(place: string, soFar: string, write: (shown: Shown, text: string) => Promise<void>): Promise<void> {
    const shown = this.shown.get(place) ?? { text: '', at: 0 }
    if (shown.busy || Date.now() - shown.at < PACE) return
    // Noted before anything is waited for: the whole may come at any time.
    this.shown.set(place, shown)
    shown.busy = write(shown, soFar).then(() => {
      shown.text = soFar
    })
    await shown.busy.finally(() => {
      Object.assign(shown, { busy: undefined, at: Date.now() })
      if (shown.id === undefined) this.shown.delete(place)
    })
  }

  /** Puts the whole in the place of what is shown, once that has got there; undefined where nothing is, or `put` cannot. */
  async replace<T>(place: string, put: (id: string) => Promise<T | undefined>): Promise<T | undefined> {
    const shown = this.shown.get(place)
    await shown?.busy?.catch(() => {})
    const done = shown?.id === undefined ? undefined : await put(shown.id)
    this.shown.delete(place)
    return done
  }
}
