import { type Fields, idOf, isObject, listOf, objectOf, textOf, timeOf } from '../fields.js'
import { htmlToText } from '../html.js'
import { jsonFormat } from '../json-format.js'
import type { Message } from '../message.js'
import { Unusable } from '../problems.js'

/** Tickets with their comments, as Zendesk's JSON export and its API's incremental export with comments have them. */
export const zendesk = jsonFormat({
  name: 'zendesk',
  expects: 'Zendesk tickets with "requester_id" and "comments", as a list, {"tickets": […]} or one a line',
  recognises: (head) =>
    /"(requester_id|submitter_id)"\s*:/.test(head) && /"(comments|description|subject)"\s*:/.test(head),
  lists: ['tickets', 'results'],
  ordered: false,
  reading: () => messagesOf,
})

function messagesOf(ticket: Fields, source: string): Message[] {
  const chat = idOf(ticket, 'id')
  if (chat === undefined) throw new Unusable('the ticket has no "id"')
  const requester = idOf(ticket, 'requester_id') ?? idOf(objectOf(ticket, 'requester') ?? {}, 'id')
  const names = new Map<string, string>()
  for (const who of ['requester', 'submitter', 'assignee']) {
    const person = objectOf(ticket, who)
    const [id, name] = person ? [idOf(person, 'id'), textOf(person, 'name')] : []
    if (id !== undefined && name !== undefined) names.set(id, name)
  }
  const comments = listOf(ticket, 'comments').map((one, n): Message => {
    if (!isObject(one)) throw new Unusable(`"comments[${n}]" is no comment`)
    const speaker = idOf(one, 'author_id') ?? ''
    const html = textOf(one, 'html_body')
    const role = one.public === false ? 'system' : speaker === requester ? 'customer' : 'agent'
    return {
      chat,
      thread: '',
      whole: true,
      speaker,
      name: names.get(speaker),
      // Notes among agents are nothing that was said to the customer.
      role,
      text: textOf(one, 'plain_body') ?? textOf(one, 'body') ?? (html === undefined ? '' : htmlToText(html)),
      ts: timeOf(one, 'created_at'),
      source: `${source}.comments[${n}]`,
      id: idOf(one, 'id'),
      attachments: filesOf(one),
    }
  })
  if (comments.length > 0) return comments
  const text = textOf(ticket, 'description') ?? textOf(ticket, 'subject') ?? ''
  const ts = timeOf(ticket, 'created_at')
  const speaker = requester ?? ''
  return [{ chat, thread: '', whole: true, speaker, name: names.get(speaker), role: 'customer', text, ts, source }]
}

function filesOf(comment: Fields): string[] | undefined {
  const names = listOf(comment, 'attachments').flatMap((one) => (isObject(one) ? (textOf(one, 'file_name') ?? []) : []))
  return names.length > 0 ? names : undefined
}
