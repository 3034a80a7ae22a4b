import { listen } from '../speech.js'
import type { Words } from '../words/index.js'
import { iconButton } from './dom.js'

/** Where what is heard goes. */
export interface Paper {
  text(): string
  write(text: string): void
  note(notice: string): void
}

/** A button that writes down what is spoken, to be read over and sent by hand. */
export class Dictation {
  readonly button: HTMLButtonElement
  private session: { stop(): void } | undefined

  constructor(
    private readonly words: Words,
    private readonly paper: Paper,
  ) {
    this.button = iconButton('microphone', words.dictate, 'microphone', () =>
      this.session ? this.session.stop() : this.start(),
    )
    this.show()
  }

  /** Lets go of what is still being heard. */
  stop(): void {
    this.session?.stop()
    this.session = undefined
    this.show()
  }

  private start(): void {
    const before = this.paper.text() && `${this.paper.text().trimEnd()} `
    const heard = (text: string) => this.session === session && this.paper.write(before + text)
    const ended = (failed: boolean) => {
      if (this.session !== session) return
      this.session = undefined
      this.show()
      this.paper.note(failed ? this.words.unheard : '')
    }
    const session = { stop: listen(this.words.locale, heard, ended) }
    this.session = session
    this.show()
    this.paper.note(this.words.listening)
  }

  private show(): void {
    this.button.setAttribute('aria-pressed', String(this.session !== undefined))
  }
}
