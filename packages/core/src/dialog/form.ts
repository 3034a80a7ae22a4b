import type { Frame } from '../conversation.js'
import type { FormField, Json, Part } from '../message.js'
import type { Texts } from '../text/texts.js'
import type { Dialog } from './dialog.js'
import type { Slot } from './slot.js'

/** The form that goes with the question for a slot: those that are open, where there are several. */
export function formFor(dialog: Dialog, frame: Frame, asked: string, texts: Texts): Part[] {
  if (!dialog.form.includes(asked)) return []
  const open = Object.entries(dialog.slots).filter(
    ([name, slot]) => dialog.form.includes(name) && slot.kind !== 'attachment' && !(name in frame.slots),
  )
  if (open.length < 2) return []
  const fields = open.map(([name, slot]) => fieldOf(name, slot, texts))
  return [{ type: 'form', title: dialog.title(frame.intent), fields }]
}

function fieldOf(name: string, { label, ask, kind, choices, optional }: Slot, { yes, no }: Texts): FormField {
  const yesNo = [
    { label: yes, value: 'yes' },
    { label: no, value: 'no' },
  ]
  const offered = kind === 'yesNo' ? yesNo : choices
  return {
    name,
    label: label === undefined ? ask : label.charAt(0).toUpperCase() + label.slice(1),
    ...(offered && { choices: [...offered] }),
    ...(optional && { optional }),
  }
}

/** The value of a field that was filled in, null where it was skipped, undefined where it does not fit. */
export function readField(typed: string, { choices, kind, optional, parse }: Slot): Json | undefined {
  if (typed === '') return optional ? null : undefined
  return parse(typed, choices || kind === 'yesNo' ? typed : undefined)
}
