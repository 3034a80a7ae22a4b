import { z } from 'zod'
import { printable } from '../http/shape.js'
import { type Draft, MAX_FILES, MAX_TEXT, type Rating } from './protocol.js'

const NO_ID = 'A message needs an id of letters, digits and dashes.'
const NO_FORM = 'The fields of a form must be strings.'
const NO_FILES = `A message can carry ${MAX_FILES} files, by their ids.`
const NO_THUMB = 'A rating must be 1 or -1, of a message.'

const id = z.string(NO_ID).regex(/^[\w-]{1,64}$/, NO_ID)
const line = (error: string) => z.string(error).regex(/^[^\p{Cc}\p{Cs}]{1,500}$/u, error)
const rating = z.object({
  id,
  feedback: z.object({ value: z.literal([1, -1], NO_THUMB), message: line(NO_THUMB) }, NO_THUMB),
})
const draft = z.object(
  {
    id,
    text: z.string('The text of a message must be a string.'),
    choice: z.string('The choice of a message must be a string.').optional(),
    fields: z.record(line(NO_FORM), z.string(NO_FORM), NO_FORM).optional(),
    uploads: z.array(z.string(NO_FILES), NO_FILES).max(MAX_FILES, NO_FILES).optional(),
  },
  'A message must be an object with an id and a text.',
)

/** A message as the page sent it, or what to tell the customer about it. */
export function parseDraft(value: unknown): Draft | Rating | { error: string } {
  const isRating = typeof value === 'object' && value !== null && 'feedback' in value
  const { data, error } = isRating ? rating.safeParse(value) : draft.safeParse(value)
  if (error) return { error: error.issues[0]?.message ?? '' }
  if ('feedback' in data) return data
  const { choice, fields, uploads } = data
  const typed = Object.entries(fields ?? {})
  const length = Math.max(data.text.length, choice?.length ?? 0, typed.flat().join('').length)
  if (length > MAX_TEXT) return { error: `Your message is too long: ${length} characters. The limit is ${MAX_TEXT}.` }
  const text = printable(data.text)
  if (!text && typed.length === 0 && !uploads?.length) return { error: 'Your message is empty.' }
  return {
    ...{ id: data.id, text },
    ...(choice !== undefined && { choice: printable(choice) }),
    ...(fields && { fields: Object.fromEntries(typed.map(([name, value]) => [name, printable(value)])) }),
    ...(uploads?.length && { uploads }),
  }
}
