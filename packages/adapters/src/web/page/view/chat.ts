import { type ComposerActions, ComposerView } from './composer.js'
import { h } from './dom.js'
import { HeaderView } from './header.js'
import { LauncherView } from './launcher.js'
import type { Actions, LineStyle } from './line.js'
import { LogView } from './log.js'

/** How a chat is shown. */
export interface Look extends LineStyle {
  /** A button in the corner that opens it, instead of a place in the page. */
  launcher: boolean
  /** Whether speech is offered where the browser has it. */
  speech: boolean
}

/** What a conversation can be asked for. */
export interface Talk extends Actions, ComposerActions {
  restart(): void
}

/** What the page can be asked for. */
export interface Frame {
  /** Opens the chat where it is closed, and the other way round. */
  toggle(): void
  /** Wants no invitation. */
  decline(): void
}

/** Below this the open chat covers the page. */
const SMALL = '(max-width: 480px)'

/** All of a chat: its header, its conversation and its text box, and the launcher where it has one. */
export class ChatView {
  readonly root: HTMLElement
  readonly header: HeaderView
  readonly log: LogView
  readonly launcher: LauncherView | undefined
  readonly composer: ComposerView
  private readonly dialog: HTMLDialogElement | undefined

  constructor(look: Look, talk: Talk, { toggle, decline }: Frame) {
    const { words, launcher, speech } = look
    this.header = new HeaderView(words, speech, {
      restart: () => {
        talk.restart()
        this.focus()
      },
      ...(launcher && { close: toggle }),
    })
    this.log = new LogView(look, talk)
    this.composer = new ComposerView(words, speech, talk)
    const attributes = { class: 'panel', part: 'panel', 'aria-labelledby': 'title' }
    const panel = launcher ? h('dialog', attributes) : h('section', attributes)
    panel.append(this.header.root, this.log.root, this.composer.root, h('slot', { name: 'footer' }))
    // An empty title of its own, or the element's would hover over every line as a tooltip.
    dropped(panel, words.drop, (files) => this.composer.add(files))
    this.root = h('div', { class: 'chat', title: '', lang: words.locale, dir: words.direction }, panel)
    if (!(panel instanceof HTMLDialogElement)) return
    this.dialog = panel
    this.launcher = new LauncherView(words, toggle, decline)
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

/** Files that are dragged over an element can be dropped anywhere on it. */
function dropped(target: HTMLElement, hint: string, take: (files: FileList) => void): void {
  const over = (event: DragEvent) => {
    const files = event.dataTransfer?.types.includes('Files')
    if (files) event.preventDefault()
    if (files && event.type !== 'drop') target.dataset.drop = hint
    else delete target.dataset.drop
  }
  target.addEventListener('dragover', over)
  target.addEventListener('dragleave', () => delete target.dataset.drop)
  target.addEventListener('drop', (event) => {
    over(event)
    if (event.dataTransfer?.files.length) take(event.dataTransfer.files)
  })
}
