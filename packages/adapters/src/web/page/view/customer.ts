import type { FormField } from '@colloquy/core'
import type { CustomerLine } from '../transcript.js'
import type { Words } from '../words/index.js'
import { h } from './dom.js'
import { type Actions, type Body, bubble } from './line.js'
import { file, picture } from './parts.js'

/** What the customer said, sent or filled in, and what became of it. */
export function customerBody(entry: CustomerLine, words: Words, actions: Actions): Body {
  const { text, files = [], fields } = entry
  const state = h('span')
  const problem = h('span', { role: 'alert' })
  const retry = h('button', { type: 'button', onclick: () => actions.retry(entry.id) }, words.retry)
  const entries = h('ul', { class: 'entries' })
  const said = bubble([
    ...files.map(({ url, name, type }) => (type.startsWith('image/') ? picture(url, name) : file(url, name, words))),
    ...(text ? [h('p', { dir: 'auto' }, text)] : []),
    ...(fields ? [entries] : []),
  ])
  return {
    row: [said],
    below: [h('p', { class: 'delivery' }, state, problem, retry)],
    update(line, { newest, online, form }) {
      if (line.from !== 'customer') return
      const { sending, waiting, sent } = words.delivery
      const shown = { sending: online ? sending : waiting, sent: newest ? sent : '', failed: '', refused: '' }
      const failed = line.problem !== undefined
      state.textContent = shown[line.delivery]
      problem.textContent = failed ? `${words.failed} ${line.problem || words.unanswered}` : ''
      retry.hidden = line.delivery !== 'failed'
      if (fields && !entries.hasChildNodes()) entries.append(...entryNodes(fields, form))
    },
  }
}

function entryNodes(fields: Record<string, string>, form: FormField[] = []): Node[] {
  return Object.entries(fields).flatMap(([name, value]) => {
    if (!value) return []
    const field = form.find((field) => field.name === name)
    const shown = field?.choices?.find((choice) => choice.value === value)?.label ?? value
    const label = (field?.label ?? name).replace(/[?:？：]$/, '')
    return [h('li', { dir: 'auto' }, `${label}: `, h('strong', {}, shown))]
  })
}
