import type { State } from '../conversation.js'
import { hush, whenItSpeaks } from '../speech.js'
import type { Words } from '../words/index.js'
import { h, icon, iconButton } from './dom.js'

/** What the header can be asked for. */
export interface HeaderActions {
  restart(): void
  /** Where the chat can be closed. */
  close?: () => void
}

/** Who the customer talks to, whether they are connected, and the way to a new conversation. */
export class HeaderView {
  readonly root: HTMLElement
  /** Whether answers are to be read aloud. */
  aloud = false
  private readonly letter = h('span')
  /** Apart from the text around it, whichever way it runs. */
  private readonly name = h('bdi')
  private readonly state = h('p', { class: 'state', role: 'status' })
  private readonly lost = h('p', { class: 'lost', role: 'alert' })
  private readonly open: HTMLButtonElement
  private readonly yes: HTMLButtonElement
  private readonly question: HTMLElement

  constructor(
    private readonly words: Words,
    speech: boolean,
    { restart, close }: HeaderActions,
  ) {
    const dismiss = () => this.ask(false)
    const accept = () => {
      dismiss()
      restart()
    }
    this.open = h('button', { type: 'button', class: 'restart', onclick: () => this.ask(true) }, icon('plus'))
    this.open.append(h('span', {}, words.restart))
    this.yes = h('button', { type: 'button', class: 'yes', onclick: accept }, words.restartYes)
    const no = h('button', { type: 'button', onclick: dismiss }, words.restartNo)
    const text = h('p', { id: 'question' }, words.restartQuestion)
    this.question = h('div', { class: 'question', role: 'group', 'aria-labelledby': 'question', hidden: true })
    this.question.append(text, this.yes, no)
    this.question.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape') return
      // The chat around it stays open.
      event.stopPropagation()
      dismiss()
    })
    const mark = h('span', { class: 'mark', 'aria-hidden': 'true' }, h('slot', { name: 'avatar' }, this.letter))
    const bar = h(
      'div',
      { class: 'bar' },
      mark,
      h('div', { class: 'who' }, h('h2', { id: 'title' }, this.name), this.state),
    )
    if (speech) bar.append(this.speaker())
    bar.append(this.open)
    if (close) bar.append(iconButton('close', words.close, 'close', close))
    this.root = h('header', { part: 'header' }, bar, this.question, this.lost)
  }

  title(title: string): void {
    this.name.textContent = title
    this.letter.textContent = Array.from(title.trim())[0]?.toUpperCase() ?? ''
  }

  /** `speaker` is the person who answers, where it is not the bot. */
  show(state: State, speaker?: string): void {
    this.root.dataset.state = state
    const here = state === 'online' && speaker ? this.words.person(speaker) : this.words.states[state]
    // Written again, it would be read out again.
    if (this.state.textContent !== here) this.state.textContent = here
    this.lost.textContent = state === 'offline' ? this.words.lost : ''
  }

  /** Whoever has one conversation for good cannot start another. */
  restartable(restartable: boolean): void {
    this.open.hidden = !restartable
  }

  private speaker(): HTMLButtonElement {
    const button = iconButton('speaker', this.words.readAloud, 'speaker', () => {
      this.aloud = !this.aloud
      button.setAttribute('aria-pressed', String(this.aloud))
      if (!this.aloud) hush()
    })
    button.setAttribute('aria-pressed', 'false')
    button.hidden = true
    whenItSpeaks(() => {
      button.hidden = false
    })
    return button
  }

  private ask(open: boolean): void {
    this.question.hidden = !open
    this.open.setAttribute('aria-expanded', String(open))
    const next = open ? this.yes : this.open
    next.focus()
  }
}
