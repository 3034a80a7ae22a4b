import type { FormField, Json } from '../message.js'
import type { Texts } from '../text/texts.js'
import { yesOrNo } from './choice.js'
import type { Dialog } from './dialog.js'
import type { Slot } from './slot.js'

/** The fields of the form that goes with the question for a slot: what is open, where that is more than the one. */
export function formFor(dialog: Dialog, asked: string, isKnown: (name: string) => boolean, texts: Texts): FormField[] {
  if (!dialog.form.includes(asked)) return []
  const open = Object.entries(dialog.slots).filter(
    ([name, slot]) => dialog.form.includes(name) && slot.kind !== 'attachment' && !isKnown(name),
  )
  return open.length < 2 ? [] : open.map(([name, slot]) => fieldOf(name, slot, texts))
}

function fieldOf(name: string, { label, ask, kind, choices, optional }: Slot, texts: Texts): FormField {
  const offered = kind === 'yesNo' ? yesOrNo(texts) : choices
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
