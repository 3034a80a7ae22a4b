import type { Part } from '@colloquy/core'
import type { types, ViewStateValue } from '@slack/bolt'
import { canSelect, option, plain } from './render.js'

type Form = Extract<Part, { type: 'form' }>

/** The button that opens a form; none where the form is larger than Slack takes: then the text beside it asks. */
export function formButton({ title, fields }: Form): types.Button[] {
  const value = JSON.stringify({ title, fields })
  const options = fields.flatMap(({ choices = [] }) => [choices.length <= 100, ...choices.map(canSelect)])
  const fits = value.length <= 2000 && options.every(Boolean)
  return fits ? [{ type: 'button', action_id: 'form', text: plain(title), value, style: 'primary' }] : []
}

/** The modal that such a button opens; it remembers where the answers belong. */
export function modal(value: string, private_metadata: string): types.ModalView {
  const { title, fields }: Form = JSON.parse(value)
  const blocks = fields.map(({ name, label, choices, optional = false }): types.InputBlock => {
    const element: types.InputBlockElement = choices
      ? { type: 'static_select', action_id: 'value', options: choices.map(option) }
      : { type: 'plain_text_input', action_id: 'value' }
    return { type: 'input', block_id: name, label: plain(label, 2000), optional, element }
  })
  return { type: 'modal', callback_id: 'form', private_metadata, title: plain(title, 24), submit: plain('OK'), blocks }
}

/** What was filled in, by the names of the fields. */
export function filledIn(values: Record<string, Record<string, ViewStateValue>>): Record<string, string> {
  const read = ([name, { value: field }]: [string, Record<string, ViewStateValue>]) => [
    name,
    field?.value ?? field?.selected_option?.value ?? '',
  ]
  return Object.fromEntries(Object.entries(values).map(read))
}
