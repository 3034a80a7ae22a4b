import { MAX_FILES, type Problem, type Uploaded, type Welcome } from '../../protocol.js'
import type { Upload } from '../upload.js'
import type { Words } from '../words/index.js'
import { h, icon, iconButton } from './dom.js'

export type Limits = NonNullable<Welcome['uploads']>

interface Item {
  root: HTMLElement
  cancel(): void
  /** There once the server has it. */
  uploaded?: Uploaded
}

/** The files that go with the next message: uploaded at once, sent when the customer says so. */
export class TrayView {
  readonly root: HTMLElement
  /** What the server takes; undefined where it takes nothing. */
  limits: Limits | undefined
  private items: Item[] = []

  constructor(
    private readonly words: Words,
    private readonly upload: (file: File, progress: (part: number) => void) => Upload,
    private readonly changed: () => void,
    /** One of them could not be taken. */
    private readonly failed: (problem: string) => void,
  ) {
    this.root = h('ul', { class: 'tray', 'aria-label': words.files, hidden: true })
  }

  /** Whether something is still on its way. */
  get busy(): boolean {
    return this.items.some(({ uploaded }) => !uploaded)
  }

  get empty(): boolean {
    return this.items.length === 0
  }

  add(files: Iterable<File>): void {
    for (const file of files) {
      const problem = this.problem(file)
      if (problem) this.failed(problem)
      else this.start(file)
    }
  }

  /** Takes out what is there. */
  take(): Uploaded[] {
    const taken = this.items.flatMap(({ uploaded }) => uploaded ?? [])
    for (const item of this.items) item.root.remove()
    this.items = []
    this.update()
    return taken
  }

  private problem({ name, size, type }: File): string | undefined {
    if (!this.limits) return this.words.wrongType(name)
    const { limit, types } = this.limits
    if (this.items.length >= MAX_FILES) return this.words.tooMany(MAX_FILES)
    if (size > limit) return this.words.tooBig(name, sizeOf(limit, this.words))
    const kind = type.split('/', 1)[0]
    return types.some((one) => one === type || one === `${kind}/*`) ? undefined : this.words.wrongType(name)
  }

  private start(file: File): void {
    const bar = h('progress', { max: '1', value: '0', 'aria-label': file.name })
    const { sent, cancel } = this.upload(file, (part) => {
      bar.value = part
    })
    const remove = () => {
      cancel()
      this.drop(item)
    }
    const cross = iconButton('close', this.words.remove(file.name), 'remove', remove)
    const name = h('span', { dir: 'auto' }, file.name)
    const item: Item = { root: h('li', {}, icon('file'), name, bar, cross), cancel }
    this.items.push(item)
    this.root.append(item.root)
    this.update()
    void sent.then((answer) => this.settle(item, file.name, answer, bar))
  }

  private settle(item: Item, name: string, answer: Uploaded | Problem, bar: HTMLElement): void {
    if (!this.items.includes(item)) return
    bar.remove()
    if ('id' in answer) {
      item.uploaded = answer
      this.changed()
    } else {
      this.drop(item)
      this.failed(answer.error || this.words.notUploaded(name))
    }
  }

  private drop(item: Item): void {
    item.root.remove()
    this.items = this.items.filter((other) => other !== item)
    this.update()
  }

  private update(): void {
    this.root.hidden = this.empty
    this.changed()
  }
}

/** A size for people, such as `10 MB`. */
export function sizeOf(bytes: number, { locale }: Words): string {
  const [unit, size] = bytes < 1024 * 1024 ? ['kilobyte', bytes / 1024] : ['megabyte', bytes / 1024 / 1024]
  return size.toLocaleString(locale, { style: 'unit', unit, maximumFractionDigits: 1 })
}
