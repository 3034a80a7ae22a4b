import { MAX_FILES, MAX_TEXT, type Uploaded } from '../../protocol.js'
import { canListen } from '../speech.js'
import type { Upload } from '../upload.js'
import type { Words } from '../words/index.js'
import { Dictation } from './dictation.js'
import { h, icon, iconButton } from './dom.js'
import { type Limits, sizeOf, TrayView } from './tray.js'

/** From how many characters before the limit on the customer is told. */
const WARN = 300

export interface ComposerActions {
  send(text: string, files: Uploaded[]): void
  upload(file: File, progress: (part: number) => void): Upload
}

/** The text box: Enter sends, Shift+Enter makes a line, and what is too long is not sent but said to be. */
export class ComposerView {
  readonly root: HTMLElement
  private readonly text: HTMLTextAreaElement
  private readonly notice = h('p', { id: 'notice', class: 'notice', role: 'status' })
  private readonly button: HTMLButtonElement
  private readonly clip: HTMLButtonElement
  private readonly picker = h('input', { type: 'file', multiple: true, hidden: true })
  private readonly tray: TrayView
  private said = ''
  private readonly dictation: Dictation | undefined

  constructor(
    private readonly words: Words,
    speech: boolean,
    private readonly actions: ComposerActions,
  ) {
    this.text = h('textarea', {
      rows: '1',
      id: 'message',
      placeholder: words.placeholder,
      autocomplete: 'off',
      enterkeyhint: 'send',
      'aria-describedby': 'notice',
    })
    this.button = h('button', { type: 'submit', class: 'icon send', 'aria-label': words.send }, icon('send'))
    this.clip = iconButton('clip', '', 'clip', () => this.picker.click())
    this.tray = new TrayView(
      words,
      (file, progress) => actions.upload(file, progress),
      () => this.changed(),
      (problem) => this.note(problem),
    )
    const label = h('label', { for: 'message', class: 'unseen' }, words.message)
    const box = h('div', { class: 'box' }, this.clip, this.picker, label, this.text)
    this.dictation = speech && canListen ? this.dictate() : undefined
    if (this.dictation) box.append(this.dictation.button)
    box.append(this.button)
    this.root = h('form', { class: 'composer', part: 'composer', novalidate: true }, this.tray.root, box, this.notice)
    this.listen()
    this.limit(undefined)
  }

  /** What files can be sent: without limits none. */
  limit(limits: Limits | undefined): void {
    this.tray.limits = limits
    this.clip.hidden = !limits
    if (limits) {
      this.clip.title = this.words.attach(MAX_FILES, sizeOf(limits.limit, this.words))
      this.clip.setAttribute('aria-label', this.clip.title)
      this.picker.accept = limits.types.join()
    }
    this.changed()
  }

  /** Takes files that were dropped or pasted, if it takes any. */
  add(files: FileList | null | undefined): void {
    if (!files?.length || !this.tray.limits) return
    this.note('')
    this.tray.add(files)
  }

  /** What is in the box. */
  get typed(): string {
    return this.text.value
  }

  set typed(text: string) {
    this.text.value = text
    this.changed()
  }

  /** Not on a touch screen, where it would open the keyboard over what the customer reads. */
  focus(): void {
    if (matchMedia('(pointer: fine)').matches) this.text.focus()
  }

  private listen(): void {
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
    this.text.addEventListener('input', () => this.note(''))
    this.text.addEventListener('paste', ({ clipboardData }) => this.add(clipboardData?.files))
    this.picker.addEventListener('change', () => {
      this.add(this.picker.files)
      // The same file can be chosen again.
      this.picker.value = ''
      this.text.focus()
    })
  }

  private submit(): void {
    const text = this.text.value.trim()
    if (this.button.disabled) return
    this.dictation?.stop()
    this.text.value = ''
    this.actions.send(text, this.tray.take())
    this.text.focus()
  }

  /** Says something until the customer goes on. */
  private note(text: string): void {
    this.said = text
    this.changed()
  }

  private changed(): void {
    const left = MAX_TEXT - this.text.value.trim().length
    this.text.setAttribute('aria-invalid', String(left < 0))
    const size = left < 0 ? this.words.tooLong(-left) : left <= WARN ? this.words.left(left) : ''
    this.notice.textContent = this.said || size
    this.button.disabled = left < 0 || this.tray.busy || (left === MAX_TEXT && this.tray.empty)
    this.text.dir = this.text.value ? 'auto' : this.words.direction
    this.text.style.height = 'auto'
    // Nothing has a height before the element is on the page.
    if (this.text.scrollHeight > 0) this.text.style.height = `${this.text.scrollHeight}px`
  }

  private dictate(): Dictation {
    return new Dictation(this.words, {
      text: () => this.typed,
      write: (text) => {
        this.typed = text
      },
      note: (notice) => this.note(notice),
    })
  }
}
