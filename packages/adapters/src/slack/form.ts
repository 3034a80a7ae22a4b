import type { FormField, Part } from '@colloquy/core'
import type { types } from '@slack/bolt'
import type { Address } from './address.js'
import { option, plain } from './render.js'

type Form = Extract<Part, { type: 'form' }>

/** Slack's limits in characters: of what a button carries, and of the title of a modal. */
const CARRIED = 2000
const TITLE = 24
const OPTIONS = 100

/** The button that opens a form; none where it is larger than a button can carry: then the text beside it asks. */
export function formButton({ title, fields }: Form): types.Button[] {
  const value = JSON.stringify({ title, fields })
  if (value.length > CARRIED || fields.some(({ choices = [] }) => choices.length > OPTIONS)) return []
  return [{ type: 'button', action_id: 'form', text: plain(title), value, style: 'primary' }]
}

/** The modal that a form's button opens; it remembers where the answers belong. */
export function modal(value: string, address: Address): types.ModalView {
  const { title, fields }: Omit<Form, 'type'> = JSON.parse(value)
  return {
    type: 'modal',
    callback_id: 'form',
    private_metadata: JSON.stringify(address),
    title: plain(title, TITLE),
    submit: plain('OK'),
    blocks: fields.map(input),
  }
}

function input({ name, label, choices, optional = false }: FormField): types.InputBlock {
  const element: types.InputBlockElement = choices
    ? { type: 'static_select', action_id: 'value', options: choices.map(option) }
    : { type: 'plain_text_input', action_id: 'value' }
  return { type: 'input', block_id: name, label: plain(label, 2000), optional, element }
}

/** What was filled in, by the names of the fields. */
export function filledIn(values: Values): Record<string, string> {
  const read = ({ value, selected_option }: Filled) => value ?? selected_option?.value ?? ''
  return Object.fromEntries(Object.entries(values).map(([name, { value }]) => [name, value ? read(value) : '']))
}

/** The inputs of a modal as Slack gives them back, by block and action. */
export type Values = Record<string, Record<string, Filled>>

interface Filled {
  value?: string | null
  selected_option?: { value: string } | null
}
