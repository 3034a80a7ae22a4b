import type { Choice, FormField, Part } from '@colloquy/core'

/** Teams shows this many buttons in a row; more become a list to choose from. */
const BUTTONS = 6

/** Suggested actions send their label as if it was typed: they serve where that says it all. */
export function suggestions(choices: Choice[]): object | undefined {
  if (choices.length > BUTTONS || choices.some(({ label, value }) => label !== value)) return undefined
  return { to: [], actions: choices.map(({ label, value }) => ({ type: 'imBack', title: label, value })) }
}

/** An Adaptive Card, which has an image where `image` is the URL of one; without a title it is choices only. */
export function card({ title, text, choices = [] }: Omit<Part & { type: 'card' }, 'type'>, image?: string): object {
  const many = choices.length > BUTTONS
  const verb = title ? 'card' : 'choices'
  return attached(
    [
      ...(image ? [{ type: 'Image', url: image, altText: title }] : []),
      ...(title ? [{ type: 'TextBlock', text: title, weight: 'bolder', size: 'medium', wrap: true }] : []),
      ...(text ? [{ type: 'TextBlock', text, wrap: true }] : []),
      ...(many ? [input({ name: 'choice', label: '', choices })] : []),
    ],
    many ? [action('OK', verb)] : choices.map(({ label, value }) => action(label, verb, { choice: value, label })),
  )
}

export function form({ title, fields }: Part & { type: 'form' }): object {
  const heading = { type: 'TextBlock', text: title, weight: 'bolder', wrap: true }
  return attached([heading, ...fields.map(input)], [action('OK', 'form')])
}

/** What is shown where something was pressed: a form or choices are done with, and a card stays as it is. */
export function done(verb: unknown, text: string): object {
  const shown = `✓ ${text}`
  if (verb === 'card') return { statusCode: 200, type: 'application/vnd.microsoft.activity.message', value: shown }
  const { contentType: type, content: value } = attached([{ type: 'TextBlock', text: shown, wrap: true }], [])
  return { statusCode: 200, type, value }
}

/** A button. Clients that cannot execute an action submit it. */
function action(title: string, verb: string, data: object = {}): object {
  return { type: 'Action.Execute', title, verb, data, fallback: { type: 'Action.Submit', title, data } }
}

function input({ name, label, choices, optional }: FormField): object {
  const required = { isRequired: true, errorMessage: label }
  const about = { id: name, ...(label && { label, ...(!optional && required) }) }
  if (!choices) return { type: 'Input.Text', ...about }
  const options = choices.map((one) => ({ title: one.label, value: one.value }))
  return { type: 'Input.ChoiceSet', ...about, choices: options }
}

function attached(body: object[], actions: object[]) {
  const content = { type: 'AdaptiveCard', version: '1.5', body, actions }
  return { contentType: 'application/vnd.microsoft.card.adaptive', content }
}
