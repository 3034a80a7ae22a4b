import type { Words } from '../words/index.js'
import { ComposerView } from './composer.js'
import { h } from './dom.js'
import { HeaderView } from './header.js'
import { LauncherView } from './launcher.js'
import type { Actions } from './line.js'
import { LogView } from './log.js'

/** How a chat is shown. */
export interface Look {
  words: Words
  /** A button in the corner that opens it, instead of a place in the page. */
  launcher: boolean
  /** Whether speech is offered where the browser has it. */
  speech: boolean
}

export interface ChatActions extends Actions {
  send(text: string): void
  restart(): void
  /** Opens it where it is closed, and the other way round. */
  toggle(): void
}

/** Below this the open chat covers the page. */
const SMALL = '(max-width: 480px)'

/** All of a chat: its header, its conversation and its text box, and the launcher where it has one. */
export class ChatView {
  readonly root: HTMLElement
  readonly header: HeaderView
  readonly log: LogView
  readonly launcher: LauncherView | undefined
  private readonly composer: ComposerView
  private readonly dialog: HTMLDialogElement | undefined

  constructor({ words, launcher, speech }: Look, actions: ChatActions) {
    const { send, restart, toggle } = actions
    this.header = new HeaderView(words, speech, { restart, ...(launcher && { close: toggle }) })
    this.log = new LogView(words, actions)
    this.composer = new ComposerView(words, speech, send)
    const attributes = { class: 'panel', part: 'panel', 'aria-labelledby': 'title' }
    const panel = launcher ? h('dialog', attributes) : h('section', attributes)
    panel.append(this.header.root, this.log.root, this.composer.root, h('slot', { name: 'footer' }))
    // An empty title of its own, or the element's would hover over every line as a tooltip.
    this.root = h('div', { class: 'chat', title: '', lang: words.locale, dir: words.direction }, panel)
    if (!(panel instanceof HTMLDialogElement)) return
    this.dialog = panel
    this.launcher = new LauncherView(words, toggle)
    this.root.prepend(this.launcher.root)
    panel.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || event.isComposing) return
      event.preventDefault()
      toggle()
    })
    // What else closes a dialog, such as the back gesture of a phone.
    panel.addEventListener('cancel', (event) => {
      event.preventDefault()
      toggle()
    })
  }

  /** Shows the chat of a launcher, or hides it; the focus goes along where the customer asked for it. */
  open(open: boolean): void {
    if (!this.dialog || this.dialog.open === open) return
    this.launcher?.show(open)
    if (!open) {
      this.dialog.close()
      this.launcher?.focus()
    } else if (matchMedia(SMALL).matches) this.dialog.showModal()
    else this.dialog.show()
    if (!open) return
    this.log.toEnd()
    this.focus()
  }

  focus(): void {
    this.composer.focus()
  }
}
