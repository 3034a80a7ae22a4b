import type { Choice, FormField } from '@colloquy/core'
import type { CustomerLine, Line } from '../transcript.js'
import type { Words } from '../words/index.js'
import { botBody } from './bot.js'
import { customerBody } from './customer.js'
import { h } from './dom.js'

/** Where a line stands among the others. */
export interface Place {
  /** The heading of a new day. */
  day: string | undefined
  /** Whether the line before or after it is by the same speaker. */
  follows: boolean
  followed: boolean
  /** What the customer said next: an answer to the choices of this line. */
  answer: CustomerLine | undefined
  /** The form that was on the screen before this line. */
  form: FormField[] | undefined
  /** Whether it is the customer's newest line: only that one tells that it was sent. */
  newest: boolean
  online: boolean
}

export interface Actions {
  choose(choice: Choice): void
  submit(fields: Record<string, string>): void
  rate(id: string, value: 1 | -1): void
  retry(id: string): void
}

/** How lines are drawn. */
export interface LineStyle {
  words: Words
  /** Whether everything that the bot says can be rated. */
  feedback: boolean
}

/** A line on the screen, drawn once and then kept up to date. */
export interface LineView {
  root: HTMLElement
  update(line: Line, place: Place): void
}

/** What a line is made of. */
export interface Body {
  /** Bubbles and cards. */
  row: HTMLElement[]
  /** Choices, thumbs, or what became of the message. */
  below: HTMLElement[]
  update(line: Line, place: Place): void
}

export function lineView(line: Line, style: LineStyle, actions: Actions): LineView {
  const { words } = style
  const time = new Date(line.at)
  const day = h('p', { class: 'day' })
  const name = line.from === 'bot' ? (line.speaker ?? words.assistant) : words.you
  const shown = time.toLocaleTimeString(words.locale, { hour: 'numeric', minute: '2-digit' })
  const clock = h('time', { datetime: time.toISOString() }, shown)
  const body = line.from === 'bot' ? botBody(line, style, actions) : customerBody(line, words, actions)
  const row = h('div', { class: 'row' }, ...body.row, clock)
  const root = h('div', { class: `line ${line.from}` }, day, h('p', { class: 'speaker' }, name), row, ...body.below)
  return {
    root,
    update(line, place) {
      day.textContent = place.day ?? ''
      root.classList.toggle('follows', place.follows)
      root.classList.toggle('followed', place.followed)
      body.update(line, place)
    },
  }
}

export function bubble(nodes: Node[]): HTMLElement {
  return h('div', { class: 'bubble', part: 'bubble' }, ...nodes)
}
