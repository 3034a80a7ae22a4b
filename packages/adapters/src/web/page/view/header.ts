import type { State } from '../conversation.js'
import { words } from '../words.js'
import { h, icon } from './dom.js'

/** Who the customer talks to, whether they are connected, and the way to a new conversation. */
export class HeaderView {
  readonly root: HTMLElement
  private readonly mark = h('span', { class: 'mark', 'aria-hidden': 'true' })
  private readonly name = h('h2', { id: 'title' })
  private readonly state = h('p', { class: 'state', role: 'status' })
  private readonly lost = h('p', { class: 'lost', role: 'alert' })
  private readonly open: HTMLButtonElement
  private readonly yes: HTMLButtonElement
  private readonly question: HTMLElement

  constructor(restart: () => void) {
    const close = () => this.ask(false)
    const accept = () => {
      close()
      restart()
    }
    this.open = h('button', { type: 'button', class: 'restart', onclick: () => this.ask(true) }, icon('plus'))
    this.open.append(h('span', {}, words.restart))
    this.yes = h('button', { type: 'button', class: 'yes', onclick: accept }, words.restartYes)
    const no = h('button', { type: 'button', onclick: close }, words.restartNo)
    const text = h('p', { id: 'question' }, words.restartQuestion)
    this.question = h('div', { class: 'question', role: 'group', 'aria-labelledby': 'question', hidden: true })
    this.question.append(text, this.yes, no)
    this.question.addEventListener('keydown', (event) => event.key === 'Escape' && close())
    const bar = h('div', { class: 'bar' }, this.mark, h('div', { class: 'who' }, this.name, this.state), this.open)
    this.root = h('header', {}, bar, this.question, this.lost)
  }

  title(title: string): void {
    this.name.textContent = title
    this.mark.textContent = Array.from(title.trim())[0]?.toUpperCase() ?? ''
  }

  show(state: State): void {
    this.root.dataset.state = state
    this.state.textContent = words.states[state]
    this.lost.textContent = state === 'offline' ? words.lost : ''
  }

  private ask(open: boolean): void {
    this.question.hidden = !open
    this.open.setAttribute('aria-expanded', String(open))
    const next = open ? this.yes : this.open
    next.focus()
  }
}
