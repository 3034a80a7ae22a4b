import { MAX_TEXT } from '../../protocol.js'
import { words } from '../words.js'
import { h, icon } from './dom.js'

/** From how many characters before the limit on the customer is told. */
const WARN = 300

/** The text box: Enter sends, Shift+Enter makes a line, and what is too long is not sent but said to be. */
export class ComposerView {
  readonly root: HTMLElement
  private readonly text = h('textarea', {
    rows: '1',
    id: 'message',
    placeholder: words.placeholder,
    autocomplete: 'off',
    enterkeyhint: 'send',
    'aria-describedby': 'notice',
  })
  private readonly notice = h('p', { id: 'notice', class: 'notice', role: 'status' })
  private readonly button = h('button', { type: 'submit', class: 'send', 'aria-label': words.send }, icon('send'))

  constructor(private readonly send: (text: string) => void) {
    const label = h('label', { for: 'message', class: 'unseen' }, words.message)
    const box = h('div', { class: 'box' }, label, this.text, this.button)
    this.root = h('form', { class: 'composer', novalidate: true }, box, this.notice)
    this.root.addEventListener('submit', (event) => {
      event.preventDefault()
      this.submit()
    })
    this.text.addEventListener('keydown', (event) => {
      // While an input method is open, Enter picks a word.
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
      event.preventDefault()
      this.submit()
    })
    this.text.addEventListener('input', () => this.changed())
    this.changed()
  }

  /** Not on a touch screen, where it would open the keyboard over what the customer reads. */
  focus(): void {
    if (matchMedia('(pointer: fine)').matches) this.text.focus()
  }

  private submit(): void {
    const text = this.text.value.trim()
    if (!text || text.length > MAX_TEXT) return
    this.text.value = ''
    this.changed()
    this.send(text)
    this.text.focus()
  }

  private changed(): void {
    const left = MAX_TEXT - this.text.value.trim().length
    this.text.setAttribute('aria-invalid', String(left < 0))
    this.notice.textContent = left < 0 ? words.tooLong(-left) : left <= WARN ? words.left(left) : ''
    this.button.disabled = left < 0 || left === MAX_TEXT
    this.text.style.height = 'auto'
    // Nothing has a height before the element is on the page.
    if (this.text.scrollHeight > 0) this.text.style.height = `${this.text.scrollHeight}px`
  }
}
