import { type Fields, idOf, isObject, listOf, objectOf, textOf, timeOf } from '../fields.js'
import { jsonFormat } from '../json-format.js'
import type { Message } from '../message.js'
import { Unusable } from '../problems.js'

/** Messages of Botpress Cloud's API, of Botpress 12's messaging tables, or conversations that hold them. */
export const botpress = jsonFormat({
  name: 'botpress',
  expects: 'Botpress messages with "conversationId" and "payload", or conversations with "messages"',
  recognises: (head) =>
    /"payload"\s*:/.test(head) && /"(conversationId|conversation_id|authorId|direction|threadId)"\s*:/.test(head),
  lists: ['conversations', 'events'],
  // The API gives the newest first.
  ordered: false,
  reading: () => messagesOf,
})

function messagesOf(value: Fields, source: string): Message[] {
  const messages = listOf(value, 'messages')
  if (messages.length === 0) return 'payload' in value ? messageOf(value, source) : []
  return messages.flatMap((one, n) => {
    if (!isObject(one)) throw new Unusable(`"messages[${n}]" is no message`)
    return messageOf({ conversationId: value.id, ...one }, `${source}.messages[${n}]`)
  })
}

function messageOf(value: Fields, source: string): Message[] {
  const chat =
    idOf(value, 'conversationId') ??
    idOf(value, 'conversation_id') ??
    idOf(value, 'threadId') ??
    idOf(value, 'sessionId')
  if (chat === undefined) throw new Unusable('the message has no "conversationId"')
  const payload = typeof value.payload === 'string' ? inJson(value.payload) : objectOf(value, 'payload')
  if (!payload) throw new Unusable('the message has no "payload"')
  const kind = textOf(payload, 'type') ?? textOf(value, 'type') ?? 'text'
  const author = idOf(value, 'userId') ?? idOf(value, 'authorId')
  const incoming = value.direction === undefined ? author !== undefined : value.direction === 'incoming'
  const file =
    textOf(payload, 'image') ??
    textOf(payload, 'file') ??
    textOf(payload, 'audio') ??
    textOf(payload, 'video') ??
    textOf(payload, 'fileUrl') ??
    textOf(payload, 'imageUrl')
  return [
    {
      chat,
      thread: '',
      speaker: incoming ? (author ?? chat) : 'bot',
      role: kind === 'typing' || kind === 'session_reset' ? 'system' : incoming ? 'customer' : 'agent',
      text: kind === 'typing' ? '' : said(payload),
      ts:
        timeOf(value, 'createdAt') ?? timeOf(value, 'sentOn') ?? timeOf(value, 'createdOn') ?? timeOf(value, 'sent_on'),
      source,
      id: idOf(value, 'id'),
      attachments: file === undefined ? undefined : [file.split(/[?#]/)[0]?.split('/').at(-1) ?? ''],
    },
  ]
}

function inJson(payload: string): Fields {
  try {
    const value: unknown = JSON.parse(payload)
    return isObject(value) ? value : { text: payload }
  } catch {
    return { text: payload }
  }
}

/** A text, and the choices that stand below it. */
function said(payload: Fields): string {
  const text = [payload.text, payload.title, payload.caption, payload.markdown].find((one) => typeof one === 'string')
  const choices = [...listOf(payload, 'options'), ...listOf(payload, 'choices')].flatMap((one) =>
    isObject(one) ? (textOf(one, 'label') ?? textOf(one, 'title') ?? []) : [],
  )
  return [text ?? '', choices.map((choice) => `[${choice}]`).join(' ')].filter((part) => part !== '').join('\n')
}
