import type { Attachment, IncomingMessage, Json } from '@colloquy/core'
import { type Activity, type Fields, fields, text } from './activity.js'
import { written } from './text.js'

/** Where a conversation is: what the engine keeps of it, and nothing of what was said. */
export type Address = {
  channelId: string
  service: string
  conversation: string
  /** `personal`, `groupChat` or `channel`. */
  type: string
  tenant: string
  bot: { id: string; name: string }
  user: { id: string; name: string }
}

export function addressOf({ channelId, serviceUrl, conversation, recipient, from }: Activity): Address {
  return {
    channelId,
    service: serviceUrl,
    conversation: conversation.id,
    type: conversation.type,
    tenant: conversation.tenant,
    bot: { id: recipient.id, name: recipient.name ?? '' },
    user: { id: from.id, name: from.name ?? '' },
  }
}

/** Bots, this one included, are known by their ids: what they say is nobody's question. */
export function isBot({ from, recipient }: Activity): boolean {
  return from.id === recipient.id || from.id.startsWith('28:') || from.role === 'bot' || from.role === 'skill'
}

/** What stands for a rating among reactions and thumbs. */
const RATINGS: Record<string, 1 | -1> = { like: 1, heart: 1, plusOne: 1, dislike: -1 }
const EMOJI: readonly [RegExp, 1 | -1][] = [
  [/^(?:👍|1f44d)/u, 1],
  [/^(?:👎|1f44e)/u, -1],
]

/** How a reaction rates, where it does. */
function rating(name: string): 1 | -1 | undefined {
  return RATINGS[name] ?? EMOJI.find(([pattern]) => pattern.test(name))?.[1]
}

/** A message for the engine; undefined where the activity is none. `idOf` knows our ids of messages that Teams names. */
export function parse(activity: Activity, idOf: (remote: string) => string | undefined): IncomingMessage | undefined {
  const { id, from, conversation, locale, type, name, replyToId } = activity
  const base = {
    id: id || `${conversation.id}.${replyToId}.${type}`,
    channel: 'teams',
    conversation: `teams:${conversation.id}`,
    person: `teams:${from.aadObjectId ?? from.id}`,
    ...(from.name && { name: from.name }),
    ...(locale && { locale }),
    address: addressOf(activity) as Json,
  }
  const rated = (value: 1 | -1 | undefined): IncomingMessage | undefined => {
    const message = idOf(replyToId)
    return value && { ...base, text: '', feedback: { value, ...(message !== undefined && { message }) } }
  }
  if (type === 'messageReaction') {
    return rated(activity.reactionsAdded.map((one) => rating(text(one, 'type'))).find((value) => value !== undefined))
  }
  if (type === 'invoke' && name === 'message/submitAction') {
    return rated(rating(text(fields(activity.value, 'actionValue'), 'reaction')))
  }
  if (type === 'invoke' && name === 'adaptiveCard/action') {
    const action = fields(activity.value, 'action')
    return { ...base, ...pressed(fields(action, 'data'), text(action, 'verb')) }
  }
  if (type !== 'message') return undefined
  const { text: said, mentioned } = written(activity)
  if (Object.keys(activity.value).length > 0) return { ...base, ...pressed(activity.value, said) }
  const attachments = activity.attachments.flatMap((one) => attachmentOf(one, activity.serviceUrl))
  if (said === '' && attachments.length === 0 && !mentioned) return undefined
  return {
    ...base,
    text: said,
    ...(attachments.length > 0 && { attachments }),
    ...(conversation.type !== 'personal' && !mentioned && { addressed: false as const }),
  }
}

/** What was pressed or filled in on a card: ours carry a `choice`, and a form's fields their own names. */
function pressed(data: Fields, said: string): Pick<IncomingMessage, 'text' | 'choice' | 'fields'> {
  const { choice: _choice, label: _label, msteams: _msteams, ...others } = data
  const choice = text(data, 'choice').slice(0, 500)
  if (choice) return { text: said || text(data, 'label') || choice, choice }
  const filled = Object.entries(others).flatMap(([key, value]) =>
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? [[key, String(value)]] : [],
  )
  return { text: said || filled.map(([, value]) => value).join('\n'), fields: Object.fromEntries(filled) }
}

/** Where files of OneDrive can be had for a while, and images from the service itself, with the bot's token. */
function attachmentOf(one: Fields, service: string): Attachment[] {
  const type = text(one, 'contentType')
  const name = text(one, 'name').slice(0, 200) || 'file'
  if (type === 'application/vnd.microsoft.teams.file.download.info') {
    const content = fields(one, 'content')
    const url = text(content, 'downloadUrl')
    return url.startsWith('https:') ? [{ name, type: mediaType(name, text(content, 'fileType')), url }] : []
  }
  const url = text(one, 'contentUrl')
  if (!url || /^(?:text\/html|application\/vnd\.microsoft\.)/.test(type)) return []
  if (sameOrigin(url, service)) return [{ name, type: type === 'image/*' ? 'image/png' : type, url: `teams:${url}` }]
  return url.startsWith('https:') ? [{ name, type, url }] : []
}

/** Whether a URL belongs to the service that has proved itself, so that the bot's token may go there. */
export function sameOrigin(url: string, service: string): boolean {
  return URL.canParse(url) && URL.canParse(service) && new URL(url).origin === new URL(service).origin
}

/** Teams tells the ending of a file instead of its type. */
function mediaType(name: string, ending: string): string {
  const types: Record<string, string> = {
    ...{ png: 'image/png', jpg: 'image/jpeg', jpeg: 'image/jpeg', gif: 'image/gif', webp: 'image/webp' },
    ...{ pdf: 'application/pdf', txt: 'text/plain', csv: 'text/csv', mp3: 'audio/mpeg', ogg: 'audio/ogg' },
    ...{ wav: 'audio/wav', m4a: 'audio/mp4', mp4: 'video/mp4' },
  }
  return types[(ending || (name.split('.').at(-1) ?? '')).toLowerCase()] ?? 'application/octet-stream'
}
