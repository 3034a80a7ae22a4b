import type { DocumentView, FrameView } from '../view.js'
import { clock, facts, h } from './dom.js'

/** What the engine remembers of the conversation now. */
export function conversation(view: DocumentView | undefined): Node[] {
  if (!view) return [h('h2', {}, 'Document'), h('p', { class: 'empty' }, 'Nothing is stored about this conversation.')]
  const { version, locale, misses, unsent, handoff, timers, frames } = view
  const plain = [
    { name: 'Version', value: `${version}, ${locale}` },
    ...(handoff === undefined ? [] : [{ name: 'With a person', value: handoff }]),
    ...(misses > 0 ? [{ name: 'Not understood', value: `${misses} in a row` }] : []),
    ...(unsent > 0 ? [{ name: 'Not delivered', value: String(unsent) }] : []),
    ...timers.map(({ what, at }) => ({ name: what, value: clock(at) })),
  ]
  return [
    h('h2', {}, 'Document'),
    facts(plain),
    ...(frames.length > 0 ? frames.map(frame) : [h('p', { class: 'empty' }, 'No dialog is under way.')]),
  ]
}

function frame({ dialog, title, intent, slots, results, pending }: FrameView, place: number): Node {
  return h(
    'section',
    { class: 'frame' },
    h('h3', {}, title, ' ', h('span', { class: 'tag' }, place === 0 ? 'talking' : 'waiting')),
    h('p', { class: 'quiet' }, intent === undefined ? dialog : `${dialog}, opened by ${intent}`),
    pending && h('p', { class: 'pending' }, pending.question),
    facts([
      ...slots.map(({ name, value, personal }) => ({
        name,
        value: h('span', { class: value === undefined || personal ? 'quiet' : 'value' }, value ?? '—'),
      })),
      ...results.map(({ name, kind, value }) => ({ name: `${kind} “${name}”`, value: h('code', {}, value) })),
    ]),
  )
}
