import type { ConversationLine } from '../view.js'
import { clock, h } from './dom.js'

/** The conversations, the latest first. */
export function list(
  lines: readonly ConversationLine[],
  chosen: string | undefined,
  choose: (id: string) => void,
): Node[] {
  if (lines.length === 0) return [h('p', { class: 'empty' }, 'Conversations appear here as soon as somebody writes.')]
  return lines.map(({ id, channel, at, decision }) =>
    h(
      'button',
      { id: `c ${id}`, type: 'button', 'aria-current': id === chosen && 'true', onclick: () => choose(id) },
      h('span', { class: 'name', title: id }, id.startsWith(`${channel}:`) ? id.slice(channel.length + 1) : id),
      h('span', { class: 'quiet' }, `${channel} · ${clock(at)}`),
      h('span', { class: 'tag' }, decision),
    ),
  )
}
