import type { Slot } from '../dialog/slot.js'
import type { Json, Part } from '../message.js'
import type { LogEvent } from './event.js'

/** Personal values and the slots they belong to: `anna@example.com` → `email`. */
export type Secrets = ReadonlyMap<string, string>

/** The forms in which the value of a slot may stand in a text. */
export function formsOf(slot: Slot, value: Json): string[] {
  if (value === null) return []
  return [typeof value === 'object' ? '' : String(value), slot.show(value)].filter((form) => form !== '')
}

/** Replaces personal values by the slot's name in brackets, in every text that leaves the core. */
export function maskText(text: string, secrets: Secrets): string {
  let masked = text
  for (const [value, slot] of secrets) {
    const pattern = new RegExp(value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'gi')
    masked = masked.replace(pattern, `[${slot}]`)
  }
  return masked
}

/** Masks what people and the bot wrote and what a commit gave; ids, names and figures stay. */
export function maskEvent(event: LogEvent, secrets: Secrets): LogEvent {
  if (secrets.size === 0) return event
  switch (event.type) {
    case 'customer':
      return {
        ...event,
        text: maskText(event.text, secrets),
        ...(event.choice !== undefined && { choice: maskText(event.choice, secrets) }),
        ...(event.fields && { fields: maskJson(event.fields, secrets) as Record<string, string> }),
        ...(event.attachments && {
          attachments: event.attachments.map((one) => ({ ...one, name: maskText(one.name, secrets) })),
        }),
      }
    case 'bot':
      return { ...event, message: { ...event.message, parts: maskJson(event.message.parts, secrets) as Part[] } }
    case 'commit':
      return { ...event, output: maskJson(event.output, secrets) as Json }
    default:
      return event
  }
}

/** Masks every text in a value. */
export function maskJson(value: unknown, secrets: Secrets): unknown {
  if (typeof value === 'string') return maskText(value, secrets)
  if (Array.isArray(value)) return value.map((item) => maskJson(item, secrets))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, maskJson(item, secrets)]))
}
