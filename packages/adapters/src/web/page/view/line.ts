import type { Choice } from '@colloquy/core'
import type { BotEntry } from '../../protocol.js'
import type { CustomerLine, Line } from '../transcript.js'
import { words } from '../words.js'
import { h, icon } from './dom.js'
import { partChoices, partNodes } from './parts.js'

/** Where a line stands among the others. */
export interface Place {
  /** The heading of a new day. */
  day: string | undefined
  /** Whether the line before or after it is by the same speaker. */
  follows: boolean
  followed: boolean
  /** What the customer said next: an answer to the choices of this line. */
  answer: CustomerLine | undefined
  /** Whether it is the customer's newest line: only that one tells that it was sent. */
  newest: boolean
  online: boolean
}

export interface Actions {
  choose(choice: Choice): void
  retry(id: string): void
}

/** A line on the screen, drawn once and then kept up to date. */
export interface LineView {
  root: HTMLElement
  update(line: Line, place: Place): void
}

export function lineView(line: Line, actions: Actions): LineView {
  const time = new Date(line.at)
  const day = h('p', { class: 'day' })
  const speaker = h('p', { class: 'speaker' }, line.from === 'bot' ? (line.speaker ?? words.assistant) : words.you)
  const clock = h('time', { datetime: time.toISOString() }, timeOf(time))
  const { bubble, below, update } = line.from === 'bot' ? botBody(line, actions) : customerBody(line, actions)
  const row = h('div', { class: 'row' }, ...(bubble ? [bubble] : []), clock)
  const root = h('div', { class: `line ${line.from}` }, day, speaker, row, below)
  return {
    root,
    update(line, place) {
      day.textContent = place.day ?? ''
      root.classList.toggle('follows', place.follows)
      root.classList.toggle('followed', place.followed)
      update(line, place)
    },
  }
}

interface Body {
  bubble: HTMLElement | undefined
  /** Choices, or what became of the message. */
  below: HTMLElement
  update(line: Line, place: Place): void
}

function botBody(entry: BotEntry, actions: Actions): Body {
  const content = entry.parts.flatMap(partNodes)
  const buttons = entry.parts.flatMap(partChoices).map((choice) => ({
    choice,
    button: h('button', { type: 'button', onclick: () => actions.choose(choice) }, icon('check'), choice.label),
  }))
  const choices = h('div', { class: 'choices', role: 'group', 'aria-label': words.choices })
  choices.append(...buttons.map(({ button }) => button))
  choices.hidden = buttons.length === 0
  return {
    bubble: content.length > 0 ? h('div', { class: 'bubble' }, ...content) : undefined,
    below: choices,
    update(_line, { answer }) {
      for (const { choice, button } of buttons) {
        button.disabled = answer !== undefined
        if (answer) button.setAttribute('aria-pressed', String(chosen(choice, answer)))
        else button.removeAttribute('aria-pressed')
      }
    },
  }
}

function chosen({ value, label }: Choice, { choice, text }: CustomerLine): boolean {
  return choice === undefined ? text.trim().toLowerCase() === label.toLowerCase() : choice === value
}

function customerBody(entry: CustomerLine, actions: Actions): Body {
  const state = h('span')
  const problem = h('span', { role: 'alert' })
  const retry = h('button', { type: 'button', onclick: () => actions.retry(entry.id) }, words.retry)
  return {
    bubble: h('div', { class: 'bubble' }, entry.text),
    below: h('p', { class: 'delivery' }, state, problem, retry),
    update(line, { newest, online }) {
      if (line.from !== 'customer') return
      const { sending, waiting, sent } = words.delivery
      const shown = { sending: online ? sending : waiting, sent: newest ? sent : '', failed: '', refused: '' }
      state.textContent = shown[line.delivery]
      problem.textContent = line.problem ? `${words.failed} ${line.problem}` : ''
      retry.hidden = line.delivery !== 'failed'
    },
  }
}

function timeOf(time: Date): string {
  return time.toLocaleTimeString([], { hour: 'numeric', minute: '2-digit' })
}
