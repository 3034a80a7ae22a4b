import type { Choice, FormField, Part } from '@colloquy/core'

/** Teams shows this many buttons in a row; more become a list to choose from. */
const BUTTONS = 6

/** Suggested actions send their label as if it was typed: they serve where that says it all. */
export function suggestions(choices: Choice[]): object | undefined {
  if (choices.length > BUTTONS || choices.some(({ label, value }) => label !== value)) return undefined
  return { to: [], actions: choices.map(({ label, value }) => ({ type: 'imBack', title: label, value })) }
}

/** An Adaptive Card, which has an image where `image` is the URL of one. */
export function card({ title, text, choices = [] }: Omit<Part & { type: 'card' }, 'type'>, image?: string): object {
  const many = choices.length > BUTTONS
  return attached(
    [
      ...(image ? [{ type: 'Image', url: image, altText: title }] : []),
      ...(title ? [{ type: 'TextBlock', text: title, weight: 'bolder', size: 'medium', wrap: true }] : []),
      ...(text ? [{ type: 'TextBlock', text, wrap: true }] : []),
      ...(many ? [input({ name: 'choice', label: '', choices })] : []),
    ],
    many ? [{ type: 'Action.Submit', title: 'OK' }] : choices.map(button),
  )
}

/** A card to fill in. Where a client cannot execute its action, it submits it. */
export function form({ title, fields }: Part & { type: 'form' }): object {
  const fallback = { type: 'Action.Submit', title: 'OK' }
  const heading = { type: 'TextBlock', text: title, weight: 'bolder', wrap: true }
  return attached([heading, ...fields.map(input)], [{ type: 'Action.Execute', verb: 'form', title: 'OK', fallback }])
}

/** Takes the place of a card that was filled in. */
export function filledIn(text: string): object {
  return attached([{ type: 'TextBlock', text: `✓ ${text}`, wrap: true }], []).content
}

/** Pressing sends a message that shows the label and carries the value. */
function button({ label, value: choice }: Choice): object {
  const msteams = { type: 'messageBack', displayText: label, text: label, value: { choice, label } }
  return { type: 'Action.Submit', title: label, data: { choice, label, msteams } }
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
