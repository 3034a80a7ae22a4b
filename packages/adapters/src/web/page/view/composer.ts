import { MAX_TEXT } from '../../protocol.js'
import { canListen, listen } from '../speech.js'
import type { Words } from '../words/index.js'
import { h, icon, iconButton } from './dom.js'

/** From how many characters before the limit on the customer is told. */
const WARN = 300

/** The text box: Enter sends, Shift+Enter makes a line, and what is too long is not sent but said to be. */
export class ComposerView {
  readonly root: HTMLElement
  private readonly text: HTMLTextAreaElement
  private readonly notice = h('p', { id: 'notice', class: 'notice', role: 'status' })
  private readonly button: HTMLButtonElement
  /** What is being listened to. */
  private dictation: { stop(): void } | undefined

  constructor(
    private readonly words: Words,
    speech: boolean,
    private readonly send: (text: string) => void,
  ) {
    this.text = h('textarea', {
      rows: '1',
      id: 'message',
      dir: 'auto',
      placeholder: words.placeholder,
      autocomplete: 'off',
      enterkeyhint: 'send',
      'aria-describedby': 'notice',
    })
    this.button = h('button', { type: 'submit', class: 'icon send', 'aria-label': words.send }, icon('send'))
    const label = h('label', { for: 'message', class: 'unseen' }, words.message)
    const box = h('div', { class: 'box' }, label, this.text)
    if (speech && canListen) box.append(this.microphone())
    box.append(this.button)
    this.root = h('form', { class: 'composer', part: 'composer', novalidate: true }, box, this.notice)
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
    this.dictation?.stop()
    this.dictation = undefined
    this.text.value = ''
    this.changed()
    this.send(text)
    this.text.focus()
  }

  private changed(): void {
    const left = MAX_TEXT - this.text.value.trim().length
    this.text.setAttribute('aria-invalid', String(left < 0))
    this.notice.textContent = left < 0 ? this.words.tooLong(-left) : left <= WARN ? this.words.left(left) : ''
    this.button.disabled = left < 0 || left === MAX_TEXT
    this.text.dir = this.text.value ? 'auto' : this.words.direction
    this.text.style.height = 'auto'
    // Nothing has a height before the element is on the page.
    if (this.text.scrollHeight > 0) this.text.style.height = `${this.text.scrollHeight}px`
  }

  /** What is heard is written into the box, to be read over and sent by hand. */
  private microphone(): HTMLButtonElement {
    const button = iconButton('microphone', this.words.dictate, 'microphone', () => {
      if (this.dictation) return this.dictation.stop()
      const before = this.text.value && `${this.text.value.trimEnd()} `
      const heard = (text: string) => {
        if (this.dictation !== dictation) return
        this.text.value = before + text
        this.changed()
      }
      const ended = (failed: boolean) => {
        if (this.dictation === dictation) this.dictation = undefined
        button.setAttribute('aria-pressed', 'false')
        this.changed()
        if (failed) this.notice.textContent = this.words.unheard
      }
      const dictation = { stop: listen(this.words.locale, heard, ended) }
      this.dictation = dictation
      button.setAttribute('aria-pressed', 'true')
      this.notice.textContent = this.words.listening
    })
    button.setAttribute('aria-pressed', 'false')
    return button
  }
}
