import type { IncomingMessage } from '@colloquy/core'
import { type Fields, fields, list, text } from '../http/shape.js'
import { attachment } from '../whatsapp-shared/media.js'
import { rating, THUMBS } from '../whatsapp-shared/thumbs.js'

/** Where an answer goes, and until when one may be written freely. */
export type Address = {
  /** Who they are to us: the id that stays where a number is hidden. */
  from: string
  /** The phone number, or that id where the number is hidden. */
  to: string
  /** The last message, which is marked as read and answered. */
  message: string
  /** When that was, in milliseconds since 1970. */
  at: number
}

/** What somebody wrote; a reaction still names what it rates by WhatsApp's id. */
export type Written = Omit<IncomingMessage, 'channel' | 'conversation' | 'person'> & { address: Address }

type Content = Partial<Pick<Written, 'text' | 'choice' | 'attachments' | 'feedback'>>

/** How a message of ours fares. */
export interface Status {
  id: string
  status: string
  /** Our own id of it, where it was sent with one. */
  ours?: string
  error?: string
}

/** What one number got. */
export interface Received {
  number: string
  messages: Written[]
  statuses: Status[]
}

/** What a webhook tells about messages; everything else in it is left out, and nothing in it is trusted to have a shape. */
export function parse(payload: Fields): Received[] {
  if (payload.object !== 'whatsapp_business_account') return []
  return list(payload.entry)
    .flatMap((entry) => list(entry.changes))
    .filter((change) => change.field === 'messages')
    .map(({ value }) => {
      const { metadata, contacts, messages, statuses } = fields(value)
      const names = new Map(
        list(contacts).flatMap((one) =>
          [one.wa_id, one.user_id].map((id) => [id, text(fields(one.profile).name)] as const),
        ),
      )
      return {
        number: text(fields(metadata).phone_number_id),
        messages: list(messages).flatMap((one) => written(one, names) ?? []),
        statuses: list(statuses).map(status),
      }
    })
}

function written(message: Fields, names: ReadonlyMap<unknown, string>): Written | undefined {
  // Who hides the number has an id of Meta's only; it is the steadier name of a person in any case.
  const from = text(message.from_user_id) || text(message.from)
  const id = text(message.id)
  const at = Number(message.timestamp) * 1000
  const said = content(message)
  if (!from || !id || !Number.isFinite(at) || !said || message.group_id !== undefined) return undefined
  const name = (names.get(from) ?? names.get(message.from))?.slice(0, 200)
  const address = { from, to: text(message.from) || from, message: id, at }
  return { id, text: '', ...said, ...(name && { name }), address }
}

/** What a message says; undefined for what is no message to a bot, such as a change of number. */
function content(message: Fields): Content | undefined {
  const type = text(message.type)
  const body = fields(message[type])
  switch (type) {
    case 'text':
      return { text: text(body.body) }
    case 'button':
      return { text: text(body.text), choice: text(body.payload) || text(body.text) }
    case 'interactive':
      return reply(fields(body[text(body.type)]), text(fields(message.context).id))
    case 'image':
    case 'audio':
    case 'video':
    case 'sticker':
    case 'document':
      return {
        text: text(body.caption),
        attachments: [attachment('whatsapp-cloud', text(body.id), type, body.filename, body.mime_type)],
      }
    case 'location':
      return { text: [body.name, body.address, [body.latitude, body.longitude].join(', ')].filter(Boolean).join('\n') }
    case 'contacts':
      return { text: list(message.contacts).map(contact).join('\n') }
    case 'reaction': {
      const value = rating(text(body.emoji))
      return value && { feedback: { value, message: text(body.message_id) } }
    }
    case 'unsupported':
    case 'unknown':
      return {}
  }
  return undefined
}

/** A button or a row; a row whose label was too long for a title has it below. A thumb rates what it stands under. */
function reply({ id, title, description }: Fields, message: string): Content | undefined {
  const label = text(title)
  const thumb = THUMBS.find(({ value }) => value === id)
  if (thumb) return { feedback: { value: rating(thumb.label) ?? 0, message } }
  if (typeof id !== 'string' || !label) return undefined
  return { text: label.endsWith('…') ? text(description) || label : label, choice: id }
}

function contact({ name, phones }: Fields): string {
  return [text(fields(name).formatted_name), ...list(phones).map((one) => text(one.phone))].filter(Boolean).join(' ')
}

function status({ id, status, biz_opaque_callback_data, errors }: Fields): Status {
  const [first] = list(errors)
  const why =
    first && `${first.code}: ${text(fields(first.error_data).details) || text(first.message) || text(first.title)}`
  const ours = text(biz_opaque_callback_data)
  return { id: text(id), status: text(status), ...(ours && { ours }), ...(why && { error: why }) }
}
