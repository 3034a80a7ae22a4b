import type { Words } from '../words/index.js'
import { h, icon, iconButton } from './dom.js'

/** The button in the corner of a page that opens the chat, with how much was missed, and an invitation beside it. */
export class LauncherView {
  readonly root: HTMLElement
  private readonly button: HTMLButtonElement
  private readonly badge = h('span', { class: 'badge', 'aria-hidden': 'true', hidden: true })
  private readonly news = h('span', { class: 'unseen', role: 'status' })
  private readonly invitation = h('div', { class: 'invitation', part: 'invitation', role: 'status' })

  constructor(
    private readonly words: Words,
    private readonly toggle: () => void,
    private readonly decline: () => void,
  ) {
    const look = h('slot', { name: 'launcher' }, icon('chat'))
    this.button = h('button', { type: 'button', class: 'launcher', part: 'launcher', 'aria-haspopup': 'dialog' })
    this.button.addEventListener('click', toggle)
    this.button.append(h('span', { class: 'look' }, look), icon('close'), this.badge)
    this.root = h('div', { class: 'corner' }, this.invitation, this.button, this.news)
    this.show(false)
  }

  show(open: boolean): void {
    this.button.setAttribute('aria-expanded', String(open))
    this.button.setAttribute('aria-label', open ? this.words.close : this.words.open)
  }

  unread(count: number): void {
    this.badge.hidden = count === 0
    this.badge.textContent = count > 9 ? '9+' : String(count)
    this.news.textContent = count > 0 ? this.words.unread(count) : ''
  }

  /** Shows an invitation until it is taken up or declined; an empty text takes it away. */
  invite(text: string): void {
    const take = h('button', { type: 'button', class: 'take', dir: 'auto', onclick: this.toggle }, text)
    const no = iconButton('close', this.words.dismiss, 'decline', this.decline)
    this.invitation.replaceChildren(...(text ? [take, no] : []))
  }

  focus(): void {
    this.button.focus()
  }
}
