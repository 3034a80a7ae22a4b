import type { FormField, Part } from '@colloquy/core'
import { MAX_TEXT } from '../../protocol.js'
import type { Words } from '../words/index.js'
import { h, icon } from './dom.js'

type Form = Extract<Part, { type: 'form' }>
type Fields = Record<string, string>

let forms = 0

/** A form to fill in. What is missing is said at its field; once it is answered it only shows what was entered. */
export function form({ title, fields }: Form, words: Words, submit: (fields: Fields) => void) {
  const prefix = `form-${forms++}-`
  // So that all of them together stay within the limit.
  const longest = String(Math.floor(MAX_TEXT / fields.length))
  const entries = fields.map((field, i) => entry(field, `${prefix}${i}`, longest, words))
  const send = h('button', { type: 'submit', class: 'submit' }, words.send, icon('send'))
  const root = h('form', { class: 'card form', novalidate: true, 'aria-labelledby': `${prefix}title` })
  root.append(h('p', { id: `${prefix}title`, dir: 'auto' }, h('strong', {}, title)))
  root.append(...entries.map(({ root }) => root), send)
  root.addEventListener('submit', (event) => {
    event.preventDefault()
    const wrong = entries.filter((entry) => !entry.check())
    if (wrong[0]) wrong[0].input.focus()
    else submit(Object.fromEntries(entries.map(({ name, input }) => [name, input.value.trim()])))
  })
  return {
    root,
    show(answer: { fields?: Fields } | undefined) {
      send.hidden = answer !== undefined
      for (const { name, input } of entries) {
        input.disabled = answer !== undefined
        if (answer?.fields) input.value = answer.fields[name] ?? ''
      }
    },
  }
}

function entry({ name, label, choices, optional }: FormField, id: string, maxlength: string, words: Words) {
  const attributes = { id, dir: 'auto', maxlength, 'aria-describedby': `${id}-problem` }
  const options = choices?.map(({ label, value }) => h('option', { value }, label)) ?? []
  const blank = h('option', { value: '' }, words.choose)
  const input = choices
    ? h('select', attributes, blank, ...options)
    : h('input', { ...attributes, autocomplete: 'off' })
  input.required = !optional
  const problem = h('p', { id: `${id}-problem`, class: 'problem', role: 'alert' })
  const check = () => {
    const missing = input.required && !input.value.trim()
    input.setAttribute('aria-invalid', String(missing))
    problem.textContent = missing ? words.required : ''
    return !missing
  }
  // Once it was complained about, it is watched until it is right.
  input.addEventListener('input', () => problem.textContent && check())
  const hint = optional ? [h('span', { class: 'hint' }, ` ${words.optional}`)] : []
  return {
    name,
    input,
    check,
    root: h('div', { class: 'field' }, h('label', { for: id }, label, ...hint), input, problem),
  }
}
