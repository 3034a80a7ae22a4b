import type { Choice, Part } from '@colloquy/core'
import type { BotEntry } from '../../protocol.js'
import type { CustomerLine, Line } from '../transcript.js'
import type { Words } from '../words/index.js'
import { carousel } from './carousel.js'
import { h, icon } from './dom.js'
import { type Card, cardNode, partNodes } from './parts.js'

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

export function lineView(line: Line, words: Words, actions: Actions): LineView {
  const time = new Date(line.at)
  const day = h('p', { class: 'day' })
  const name = line.from === 'bot' ? (line.speaker ?? words.assistant) : words.you
  const clock = h('time', { datetime: time.toISOString() }, timeOf(time, words))
  const body = line.from === 'bot' ? botBody(line, words, actions) : customerBody(line, words, actions)
  const row = h('div', { class: 'row' }, ...body.row, clock)
  const root = h('div', { class: `line ${line.from}` }, day, h('p', { class: 'speaker' }, name), row)
  root.append(...body.below)
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

interface Body {
  /** Bubbles and cards. */
  row: HTMLElement[]
  /** Choices, or what became of the message. */
  below: HTMLElement[]
  update(line: Line, place: Place): void
}

function botBody(entry: BotEntry, words: Words, actions: Actions): Body {
  const buttons: { choice: Choice; button: HTMLButtonElement }[] = []
  const press = (choice: Choice) => {
    const button = h('button', { type: 'button', onclick: () => actions.choose(choice) }, icon('check'), choice.label)
    buttons.push({ choice, button })
    return button
  }
  const row = groups(entry.parts).map((group) => {
    if (!isCards(group)) return bubble(group.flatMap((part) => partNodes(part, words)))
    return carousel(
      group.map((card) => cardNode(card, words, press)),
      words,
    )
  })
  const choices = entry.parts.flatMap((part) => (part.type === 'choices' ? part.choices.map(press) : []))
  const group = h('div', { class: 'choices', role: 'group', 'aria-label': words.choices }, ...choices)
  return {
    row: row.filter(({ childNodes }) => childNodes.length > 0),
    below: choices.length > 0 ? [group] : [],
    update(_line, { answer }) {
      for (const { choice, button } of buttons) {
        button.disabled = answer !== undefined
        if (answer) button.setAttribute('aria-pressed', String(chosen(choice, answer)))
        else button.removeAttribute('aria-pressed')
      }
    },
  }
}

function bubble(nodes: Node[]): HTMLElement {
  return h('div', { class: 'bubble', part: 'bubble' }, ...nodes)
}

/** Cards in a row go side by side; everything else shares a bubble. */
function groups(parts: Part[]): (Card[] | Exclude<Part, Card>[])[] {
  const found: Part[][] = []
  for (const part of parts) {
    const last = found.at(-1)
    if (last && (last[0]?.type === 'card') === (part.type === 'card')) last.push(part)
    else found.push([part])
  }
  return found as (Card[] | Exclude<Part, Card>[])[]
}

function isCards(group: Part[]): group is Card[] {
  return group[0]?.type === 'card'
}

function chosen({ value, label }: Choice, { choice, text }: CustomerLine): boolean {
  return choice === undefined ? text.trim().toLowerCase() === label.toLowerCase() : choice === value
}

function customerBody(entry: CustomerLine, words: Words, actions: Actions): Body {
  const state = h('span')
  const problem = h('span', { role: 'alert' })
  const retry = h('button', { type: 'button', onclick: () => actions.retry(entry.id) }, words.retry)
  return {
    row: [h('div', { class: 'bubble', part: 'bubble own' }, h('p', { dir: 'auto' }, entry.text))],
    below: [h('p', { class: 'delivery' }, state, problem, retry)],
    update(line, { newest, online }) {
      if (line.from !== 'customer') return
      const { sending, waiting, sent } = words.delivery
      const shown = { sending: online ? sending : waiting, sent: newest ? sent : '', failed: '', refused: '' }
      state.textContent = shown[line.delivery]
      const failed = line.problem !== undefined
      problem.textContent = failed ? `${words.failed} ${line.problem || words.unanswered}` : ''
      retry.hidden = line.delivery !== 'failed'
    },
  }
}

function timeOf(time: Date, { locale }: Words): string {
  return time.toLocaleTimeString(locale, { hour: 'numeric', minute: '2-digit' })
}
