import type { IncomingMessage } from '@colloquy/core'
import type { Message } from 'whatsapp-web.js'
import { attachment } from '../whatsapp-shared/media.js'

/** Where an answer goes. Ids are WhatsApp's own, and say nothing about phone numbers. */
export type Address = {
  chat: string
  /** In a group: the message that is answered. */
  quote?: string
}

const MEDIA = ['image', 'video', 'audio', 'ptt', 'document', 'sticker']

/** An id as the library gives it: a string, or an object that holds one. */
export function idOf(id: unknown): string {
  return typeof id === 'string' ? id : ((id as { _serialized?: string } | null | undefined)?._serialized ?? '')
}

/** What tells people and their conversations apart. In a group everybody has a conversation of their own. */
export function whose(chat: string, author: string): Pick<IncomingMessage, 'channel' | 'conversation' | 'person'> {
  const person = `whatsapp:${author}`
  return { channel: 'whatsapp', conversation: isGroup(chat) ? `whatsapp:${chat}:${author}` : person, person }
}

/**
 * What somebody wrote to the bot: directly, or in a group where one of its own ids in `me` is mentioned or answered.
 * Undefined for everything else, such as notices and what the bot has said itself.
 */
export function written(message: Message, me: readonly string[]): IncomingMessage | undefined {
  const id = idOf(message.id)
  const raw = message.rawData as Record<string, unknown>
  const author = message.author ?? message.from
  if (!id || !author || typeof message.from !== 'string' || message.fromMe || message.isStatus || message.broadcast)
    return undefined
  const group = isGroup(message.from)
  if (!group && !/@(c\.us|lid)$/.test(message.from)) return undefined
  const meant = [...(message.mentionedIds ?? []), raw.quotedParticipant].map(idOf)
  if (group && !meant.some((one) => me.includes(one))) return undefined
  const said = content(message)
  if (!said) return undefined
  const name = typeof raw.notifyName === 'string' ? raw.notifyName.slice(0, 200) : ''
  const address: Address = { chat: message.from, ...(group && { quote: id }) }
  const text = group ? withoutMention(said.text, me) : said.text
  return { id, ...whose(message.from, author), ...said, text, ...(name && { name }), address }
}

function content(message: Message): Pick<IncomingMessage, 'text' | 'attachments'> | undefined {
  const { type, body = '', location, vCards = [] } = message
  const raw = message.rawData as { filename?: unknown; mimetype?: unknown; size?: unknown }
  if (MEDIA.includes(type)) {
    const kind = type === 'ptt' ? 'audio' : type
    const file = attachment('whatsapp', idOf(message.id), kind, raw.filename, raw.mimetype)
    const size = typeof raw.size === 'number' && { size: raw.size }
    // The library takes the name of a document for its caption, and a preview for one where the file is not there yet.
    const caption = message.hasMedia && body !== raw.filename ? body : ''
    return { text: caption, attachments: [{ ...file, ...size }] }
  }
  switch (type) {
    case 'chat':
      return { text: body }
    case 'location': {
      const { name, address, latitude, longitude } = location as unknown as Record<string, string | undefined>
      return { text: [name, address, `${latitude}, ${longitude}`].filter(Boolean).join('\n') }
    }
    case 'vcard':
    case 'multi_vcard':
      return { text: vCards.map(contact).join('\n') }
  }
  return undefined
}

function contact(card: string): string {
  return [...card.matchAll(/^(?:FN|TEL)[^:\n]*:(.*)$/gm)].map(([, value = '']) => value.trim()).join(' ')
}

function withoutMention(text: string, me: readonly string[]): string {
  const names = me.map((id) => `@${id.split('@')[0]?.replace(/\W.*/, '')}`)
  return text
    .split(/(@\d+)/)
    .filter((piece) => !names.includes(piece))
    .join('')
    .trim()
}

function isGroup(chat: string): boolean {
  return chat.endsWith('@g.us')
}
