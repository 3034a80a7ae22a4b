import type { LogEvent } from '../../log/event.js'
import type { Part } from '../../message.js'
import type { ConversationView } from '../view.js'
import { clock, h, milliseconds } from './dom.js'

/** What was said and what happened; what a customer said can be chosen where its turn is remembered. */
export function transcript(
  { transcript: events, turns }: ConversationView,
  chosen: string | undefined,
  choose: (message: string) => void,
): Node[] {
  const logged = new Set(events.map((event) => event.type === 'customer' && event.message))
  const said = (message: string, text: string, decision: string) => {
    const turn = turns.findLast((one) => one.message === message)
    const content = [
      h('span', { class: 'text' }, text),
      h('span', { class: 'tag' }, decision, turn && ` · ${milliseconds(turn.took)}`),
    ]
    if (!turn) return h('div', { class: 'line customer' }, ...content)
    const current = message === chosen && 'true'
    const button = { id: `m ${message}`, type: 'button', class: 'line customer', 'aria-current': current }
    return h('button', { ...button, title: clock(turn.at), onclick: () => choose(message) }, ...content)
  }
  return [
    ...events.map((event) => {
      if (event.type === 'customer')
        return said(event.message, event.text || (event.choice ?? '(no text)'), event.decision)
      if (event.type !== 'bot') return h('p', { class: 'event', title: clock(event.at) }, happened(event))
      const { speaker, parts } = event.message
      const by = speaker !== undefined && h('p', { class: 'quiet' }, speaker)
      return h('div', { class: 'line bot', title: clock(event.at) }, by, ...parts.map(partOf))
    }),
    // The log has only what was saved.
    ...turns
      .filter((turn) => turn.failed !== undefined && !logged.has(turn.message))
      .map((turn) => said(turn.message, '(not saved)', turn.failed ?? '')),
  ]
}

function happened(event: Exclude<LogEvent, { type: 'bot' | 'customer' }>): string {
  switch (event.type) {
    case 'dialog':
      return `${event.dialog} ${event.event}`
    case 'commit':
      return `${event.dialog}: “${event.name}” done`
    case 'handoff':
      return event.event === 'asked' ? `handed over: ${event.reason}` : `back to the bot: ${event.reason}`
    case 'feedback':
      return `rated ${event.value}`
  }
}

function partOf(part: Part): Node {
  switch (part.type) {
    case 'text':
      return h('p', { class: 'text' }, part.text)
    case 'choices':
      return labels(part.choices)
    case 'card':
      return h(
        'div',
        {},
        h('strong', {}, part.title),
        part.text && h('p', { class: 'text' }, part.text),
        labels(part.choices),
      )
    case 'list':
      return h('ul', {}, ...part.items.map((item) => h('li', {}, item)))
    case 'image':
      return h('p', { class: 'quiet' }, `Image: ${part.alt}`)
    case 'file':
      return h('p', { class: 'quiet' }, `File: ${part.name}`)
    case 'form':
      return labels(part.fields)
    case 'feedback':
      return labels([{ label: '👍' }, { label: '👎' }])
  }
}

function labels(choices: readonly { label: string }[] = []): HTMLElement {
  return h('p', { class: 'choices' }, ...choices.map(({ label }) => h('span', {}, label)))
}
