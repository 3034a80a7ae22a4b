import { type Fields, idOf, isObject, listOf, objectOf, textOf, timeOf } from '../fields.js'
import { htmlToText } from '../html.js'
import { jsonFormat } from '../json-format.js'
import type { Message } from '../message.js'
import { Unusable } from '../problems.js'

/** Microsoft Graph's chatMessage, as its API, its export API and tenants' exports write it. */
export const teams = jsonFormat({
  name: 'teams',
  expects:
    'Microsoft Teams messages: Graph\'s chatMessage with "createdDateTime" and "body", or an export\'s "MessageList"',
  recognises: (head) =>
    (/"body"\s*:\s*\{/.test(head) && /"(createdDateTime|messageType)"\s*:/.test(head)) ||
    /"MessageList"\s*:\s*\[/.test(head),
  lists: ['value', 'messages', 'conversations'],
  // The API gives the newest first.
  ordered: false,
  reading: () => messagesOf,
})

function messagesOf(value: Fields, source: string): Message[] {
  if (value.MessageList !== undefined) return listed(value, source)
  const replies = listOf(value, 'replies').flatMap((reply, n) => {
    if (!isObject(reply)) throw new Unusable(`"replies[${n}]" is no message`)
    return messageOf(
      { channelIdentity: value.channelIdentity, chatId: value.chatId, replyToId: value.id, ...reply },
      `${source}.replies[${n}]`,
    )
  })
  return [messageOf(value, source), ...replies]
}

function messageOf(value: Fields, source: string): Message {
  const id = idOf(value, 'id')
  if (id === undefined) throw new Unusable('the message has no "id"')
  const channel = objectOf(value, 'channelIdentity')
  const chat = textOf(value, 'chatId') ?? (channel && textOf(channel, 'channelId')) ?? 'channel'
  const from = objectOf(value, 'from')
  const user = from && (objectOf(from, 'user') ?? objectOf(from, 'device'))
  const app = from && objectOf(from, 'application')
  const who = user ?? app
  const told = (textOf(value, 'messageType') ?? 'message') !== 'message' || !who
  const body = objectOf(value, 'body')
  const content = (body && textOf(body, 'content')) ?? ''
  return {
    chat,
    // In a channel each post is a thread; a chat has none.
    thread: textOf(value, 'chatId') === undefined ? (idOf(value, 'replyToId') ?? id) : '',
    speaker: who ? (idOf(who, 'id') ?? textOf(who, 'displayName') ?? '') : '',
    name: who && textOf(who, 'displayName'),
    role: told ? 'system' : user ? undefined : 'agent',
    text: body && textOf(body, 'contentType') !== 'text' ? htmlToText(content) : content,
    ts: timeOf(value, 'createdDateTime'),
    source,
    id,
    attachments: filesOf(value),
  }
}

function filesOf(value: Fields): string[] | undefined {
  const names = listOf(value, 'attachments').flatMap((one) => (isObject(one) ? (textOf(one, 'name') ?? []) : []))
  return names.length > 0 ? names : undefined
}

/** A conversation of the export that somebody can ask for of what is kept about them. */
function listed(value: Fields, source: string): Message[] {
  const chat = idOf(value, 'id') ?? source
  return listOf(value, 'MessageList').map((one, n): Message => {
    if (!isObject(one)) throw new Unusable(`"MessageList[${n}]" is no message`)
    const kind = textOf(one, 'messagetype') ?? 'Text'
    const speaker = textOf(one, 'from') ?? ''
    return {
      chat,
      thread: '',
      speaker,
      name: textOf(one, 'displayName'),
      role: /^(Rich)?Text/.test(kind) && speaker !== '' ? undefined : 'system',
      text: htmlToText(textOf(one, 'content') ?? ''),
      ts: timeOf(one, 'originalarrivaltime'),
      source: `${source}.MessageList[${n}]`,
      id: idOf(one, 'id'),
    }
  })
}
