import type { Choice, Part } from '@colloquy/core'
import type { BotEntry } from '../../protocol.js'
import type { CustomerLine } from '../transcript.js'
import { carousel } from './carousel.js'
import { h, icon } from './dom.js'
import { form } from './form.js'
import { type Actions, type Body, bubble, type LineStyle } from './line.js'
import { type Card, cardNode, partNodes } from './parts.js'
import { thumbs } from './thumbs.js'

/** What the bot said, and what it offers to press, fill in or rate. */
export function botBody(entry: BotEntry, { words, feedback }: LineStyle, actions: Actions): Body {
  const { id, parts, speaker } = entry
  const buttons: { choice: Choice; button: HTMLButtonElement }[] = []
  const press = (choice: Choice) => {
    const button = h('button', { type: 'button', onclick: () => actions.choose(choice) }, icon('check'), choice.label)
    buttons.push({ choice, button })
    return button
  }
  const row = groups(parts).map((group) => {
    if (!isCards(group)) return bubble(group.flatMap((part) => partNodes(part, words)))
    const cards = group.map((card) => cardNode(card, words, press))
    return carousel(cards, words)
  })
  const choices = parts.flatMap((part) => (part.type === 'choices' ? part.choices.map(press) : []))
  const group = h('div', { class: 'choices', role: 'group', 'aria-label': words.choices }, ...choices)
  const forms = parts.flatMap((part) =>
    part.type === 'form' ? [form(part, words, (fields) => actions.submit(fields))] : [],
  )
  // People are not rated one message at a time.
  const rated = parts.some(({ type }) => type === 'feedback') || (feedback && !speaker && row.length > 0)
  const thumb = rated ? thumbs(words, (value) => actions.rate(id, value)) : undefined
  return {
    row: row.filter(({ childNodes }) => childNodes.length > 0),
    below: [...forms.map(({ root }) => root), ...(choices.length > 0 ? [group] : []), ...(thumb ? [thumb.root] : [])],
    update(line, { answer }) {
      for (const { choice, button } of buttons) {
        button.disabled = answer !== undefined
        if (answer) button.setAttribute('aria-pressed', String(chosen(choice, answer)))
        else button.removeAttribute('aria-pressed')
      }
      for (const form of forms) form.show(answer)
      if (line.from === 'bot') thumb?.show(line.rated)
    },
  }
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
