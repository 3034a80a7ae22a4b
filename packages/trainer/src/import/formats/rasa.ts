import { type Fields, idOf, isObject, listOf, objectOf, textOf, timeOf } from '../fields.js'
import { jsonFormat } from '../json-format.js'
import type { Message } from '../message.js'
import { Unusable } from '../problems.js'

/** Trackers with their events, or the events one by one, as an event broker has them. */
export const rasa = jsonFormat({
  name: 'rasa',
  expects: 'Rasa trackers with "sender_id" and "events", or such events one a line',
  recognises: (head) => /"sender_id"\s*:/.test(head) && /"events?"\s*:/.test(head),
  lists: [],
  ordered: true,
  reading() {
    const sessions = new Sessions()
    return (value, source) => sessions.messagesOf(value, source)
  },
})

/** What of a tracker's past a message needs: whether a session has begun, and which action speaks. */
class Sessions {
  private sender = ''
  private starts = false
  private action: string | undefined

  messagesOf(value: Fields, source: string): Message[] {
    const sender = idOf(value, 'sender_id')
    if (sender === undefined) throw new Unusable('there is no "sender_id"')
    if (sender !== this.sender) {
      this.sender = sender
      this.action = undefined
      this.starts = false
    }
    if (typeof value.event === 'string') return this.messageOf(value, sender, source)
    return listOf(value, 'events').flatMap((event, n) => {
      if (!isObject(event)) throw new Unusable(`"events[${n}]" is no event`)
      return this.messageOf(event, sender, `${source}.events[${n}]`)
    })
  }

  private messageOf(event: Fields, sender: string, source: string): Message[] {
    const kind = textOf(event, 'event')
    const name = textOf(event, 'name')
    if (kind === 'session_started' || kind === 'restart') this.starts = true
    else if (kind === 'action')
      this.action = name === 'action_listen' || name === 'action_session_start' ? undefined : name
    if (kind !== 'user' && kind !== 'bot') return []
    const text = textOf(event, 'text') ?? ''
    // What a channel sends to begin a session, nobody has said.
    if (kind === 'user' && text === '/session_start') return []
    const starts = this.starts
    this.starts = false
    const more = kind === 'user' ? understood(event) : this.acted(event)
    return [
      {
        chat: sender,
        thread: '',
        speaker: kind === 'user' ? sender : 'bot',
        role: kind === 'user' ? 'customer' : 'agent',
        text: text || said(event),
        ts: timeOf(event, 'timestamp'),
        source,
        id: textOf(event, 'message_id'),
        starts,
        more,
      },
    ]
  }

  private acted(event: Fields): Message['more'] {
    const metadata = objectOf(event, 'metadata')
    const action = (metadata && textOf(metadata, 'utter_action')) ?? this.action
    return action === undefined ? undefined : { action }
  }
}

function understood(event: Fields): Message['more'] {
  const parsed = objectOf(event, 'parse_data')
  const intent = parsed && objectOf(parsed, 'intent')
  const predicted = intent && textOf(intent, 'name')
  if (predicted === undefined) return undefined
  const { confidence } = intent as Fields
  return typeof confidence === 'number' ? { predicted, confidence } : { predicted }
}

/** What a bot shows without a text: its buttons, or where its picture is. */
function said(event: Fields): string {
  const data = objectOf(event, 'data')
  if (!data) return ''
  const titles = listOf(data, 'buttons').flatMap((one) => (isObject(one) ? (textOf(one, 'title') ?? []) : []))
  return titles.map((title) => `[${title}]`).join(' ') || (textOf(data, 'image') ?? '')
}
