import type { FormField } from '@colloquy/core'
import { soFar } from '../markdown.js'
import type { CustomerLine, Line } from '../transcript.js'
import type { Words } from '../words/index.js'
import { fill, h, icon } from './dom.js'
import { type Actions, type LineStyle, type LineView, lineView } from './line.js'
import { markdown } from './markdown.js'

/** Pixels from the end within which a reader still follows the conversation. */
const NEAR = 60
/** Milliseconds between two lines of one speaker that still belong together. */
const TOGETHER = 5 * 60_000
/** Milliseconds that the typing mark stays without news. */
const TYPING = 15_000

/** The lines of the conversation, in a region that screen readers read out as it grows. */
export class LogView {
  readonly root: HTMLElement
  private readonly log: HTMLElement
  private readonly dots = h('div', { class: 'dots' }, h('i'), h('i'), h('i'))
  /** What is written of the answer so far; read out when it is whole. */
  private readonly draft = h('div', { class: 'bubble', 'aria-hidden': 'true' })
  private readonly typing = h('div', { class: 'typing', role: 'status' })
  private readonly end: HTMLElement
  private readonly scroll: HTMLElement
  private readonly views = new Map<string, LineView>()
  private following = true
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(
    private readonly style: LineStyle,
    private readonly actions: Actions,
  ) {
    const { words } = style
    this.log = h('div', { class: 'log', role: 'log', 'aria-live': 'off', 'aria-label': words.conversation })
    this.end = h('button', { class: 'newer', type: 'button', hidden: true, onclick: () => this.toEnd() })
    this.end.append(icon('down'), words.newer)
    this.scroll = h('div', { class: 'scroll', tabindex: '0', onscroll: () => this.scrolled() }, this.log, this.typing)
    this.root = h('div', { class: 'conversation' }, this.scroll, this.end)
    // The keyboard of a phone, a growing text box, a picture that arrives: whoever follows stays at the end.
    const watch = new ResizeObserver(() => this.following && this.toEnd())
    for (const element of [this.scroll, this.log]) watch.observe(element)
  }

  /** Draws what is new and brings the rest up to date. */
  show(lines: Line[], online: boolean): void {
    this.scrolled()
    const before = this.views.size
    const ids = new Set(lines.map((line) => line.id))
    for (const [id, view] of this.views) {
      if (ids.has(id)) continue
      view.root.remove()
      this.views.delete(id)
    }
    const answers = answersAfter(lines)
    let form: FormField[] | undefined
    const newest = lines.findLast((line) => line.from === 'customer')
    lines.forEach((line, i) => {
      const view = this.views.get(line.id) ?? lineView(line, this.style, this.actions)
      const [previous, next] = [lines[i - 1], lines[i + 1]]
      const day = previous && sameDay(previous, line) ? undefined : dayOf(line.at, this.style.words)
      const follows = day === undefined && together(previous, line)
      const followed = together(line, next)
      view.update(line, { day, follows, followed, answer: answers[i], form, newest: line === newest, online })
      form = formOf(line) ?? form
      if (this.log.children[i] !== view.root) this.log.insertBefore(view.root, this.log.children[i] ?? null)
      this.views.set(line.id, view)
    })
    if (lines.at(-1)?.from === 'bot' && this.views.size > before) this.type(false)
    if (this.following) this.toEnd()
    else if (this.views.size > before) this.end.hidden = false
  }

  /** What a line says, without its buttons. */
  textOf(id: string): string {
    const said = this.views.get(id)?.root.querySelectorAll('.bubble, .card p') ?? []
    return Array.from(said, (node) => node.textContent).join('\n')
  }

  /** From now on new lines are read out: what was said before the page opened is not. */
  announce(): void {
    requestAnimationFrame(() => this.log.setAttribute('aria-live', 'polite'))
  }

  type(on: boolean, text = ''): void {
    clearTimeout(this.timer)
    // A mark without a text does not take away what is there.
    if (text) fill(this.draft, markdown(soFar(text), this.style.words))
    else if (!on) this.draft.replaceChildren()
    const mark = this.draft.hasChildNodes() ? this.draft : this.dots
    if (!on) this.typing.replaceChildren()
    else if (this.typing.firstChild !== mark)
      this.typing.replaceChildren(mark, h('span', { class: 'unseen' }, this.style.words.typing))
    if (on) this.timer = setTimeout(() => this.type(false), TYPING)
    if (this.following) this.toEnd()
  }

  toEnd(): void {
    this.following = true
    this.end.hidden = true
    this.scroll.scrollTop = this.scroll.scrollHeight
  }

  private scrolled(): void {
    const { scrollTop, scrollHeight, clientHeight } = this.scroll
    this.following = scrollHeight - scrollTop - clientHeight < NEAR
    if (this.following) this.end.hidden = true
  }
}

/** For each line, what the customer said next; a message that was refused is no answer. */
function answersAfter(lines: Line[]): (CustomerLine | undefined)[] {
  let answer: CustomerLine | undefined
  return lines
    .toReversed()
    .map((line) => {
      const after = answer
      if (line.from === 'customer' && line.delivery !== 'refused') answer = line
      return after
    })
    .reverse()
}

function formOf(line: Line): FormField[] | undefined {
  return line.from === 'bot' ? line.parts.find((part) => part.type === 'form')?.fields : undefined
}

function together(one: Line | undefined, other: Line | undefined): boolean {
  if (one === undefined || other === undefined || speakerOf(one) !== speakerOf(other)) return false
  return Math.abs(other.at - one.at) < TOGETHER
}

function speakerOf(line: Line): string {
  return line.from === 'bot' ? `bot ${line.speaker ?? ''}` : line.from
}

function sameDay(one: Line, other: Line): boolean {
  return new Date(one.at).toDateString() === new Date(other.at).toDateString()
}

function dayOf(at: number, words: Words): string {
  const day = new Date(at)
  const now = new Date()
  if (day.toDateString() === now.toDateString()) return words.today
  const yesterday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1)
  if (day.toDateString() === yesterday.toDateString()) return words.yesterday
  return day.toLocaleDateString(words.locale, { weekday: 'long', day: 'numeric', month: 'long' })
}
