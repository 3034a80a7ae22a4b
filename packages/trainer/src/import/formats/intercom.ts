import { type Fields, idOf, isObject, listOf, objectOf, textOf, timeOf } from '../fields.js'
import { htmlToText } from '../html.js'
import { jsonFormat } from '../json-format.js'
import type { Message } from '../message.js'
import { Unusable } from '../problems.js'

/** Conversations with their parts, as Intercom's API gives them. */
export const intercom = jsonFormat({
  name: 'intercom',
  expects: 'Intercom conversations with "conversation_parts", as a list, {"conversations": […]} or one a line',
  recognises: (head) => /"conversation_parts"\s*:/.test(head) || /"type"\s*:\s*"conversation(\.list)?"/.test(head),
  lists: ['conversations', 'data'],
  ordered: false,
  reading: () => messagesOf,
})

/** What somebody has written; assignments and the like are nothing that was said. */
const WRITTEN = new Set(['comment', 'open', 'close', 'note', 'quick_reply', 'assignment', 'note_and_reopen'])

function messagesOf(conversation: Fields, source: string): Message[] {
  const chat = idOf(conversation, 'id')
  if (chat === undefined) throw new Unusable('the conversation has no "id"')
  const first = objectOf(conversation, 'source') ?? objectOf(conversation, 'conversation_message')
  const messages: Message[] = []
  if (first) messages.push(partOf(first, chat, timeOf(conversation, 'created_at'), `${source}.source`))
  const nested = conversation.conversation_parts
  const parts = Array.isArray(nested)
    ? nested
    : listOf(objectOf(conversation, 'conversation_parts') ?? {}, 'conversation_parts')
  for (const [n, part] of parts.entries()) {
    if (!isObject(part)) throw new Unusable(`"conversation_parts[${n}]" is no part`)
    if (!WRITTEN.has(textOf(part, 'part_type') ?? 'comment')) continue
    messages.push(partOf(part, chat, timeOf(part, 'created_at'), `${source}.conversation_parts[${n}]`))
  }
  return messages
}

const CUSTOMERS = new Set(['user', 'lead', 'contact', 'visitor'])

function partOf(part: Fields, chat: string, ts: number | undefined, source: string): Message {
  const author = objectOf(part, 'author') ?? {}
  const kind = textOf(author, 'type')
  const note = /^note/.test(textOf(part, 'part_type') ?? '')
  return {
    chat,
    thread: '',
    whole: true,
    speaker: idOf(author, 'id') ?? '',
    name: textOf(author, 'name') ?? textOf(author, 'email'),
    role: note ? 'system' : kind === undefined ? undefined : CUSTOMERS.has(kind) ? 'customer' : 'agent',
    text: htmlToText(textOf(part, 'body') ?? ''),
    ts,
    source,
    id: idOf(part, 'id'),
    attachments: filesOf(part),
  }
}

function filesOf(part: Fields): string[] | undefined {
  const names = listOf(part, 'attachments').flatMap((one) => (isObject(one) ? (textOf(one, 'name') ?? []) : []))
  return names.length > 0 ? names : undefined
}
