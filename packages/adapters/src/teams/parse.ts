import { type Attachment, type IncomingMessage, safeName } from '@colloquy/core'
import type { Activity } from '../bot-framework/activity.js'
import { addressOf } from '../bot-framework/address.js'
import { sameOrigin } from '../http/origins.js'
import { type Fields, fields, text } from '../http/shape.js'
import { written } from './text.js'

/** Bots, this one included: what they say is nobody's question. */
export function isBot({ from, recipient }: Activity): boolean {
  return from.id === recipient.id || from.id.startsWith('28:') || from.role === 'bot' || from.role === 'skill'
}

/** How a reaction or a thumb rates: Teams names most reactions by their code points. */
function rating(name: string): 1 | -1 | undefined {
  if (/^(?:like|heart|plusOne|👍|1f44d)/u.test(name)) return 1
  return /^(?:dislike|👎|1f44e)/u.test(name) ? -1 : undefined
}

/** A message for the engine; undefined where the activity is none. `idOf` knows our id of what Teams names by its own. */
export function parse(activity: Activity, idOf: (remote: string) => string | undefined): IncomingMessage | undefined {
  const { from, locale, type, name, replyToId, value } = activity
  const address = addressOf(activity)
  const base = {
    id: activity.id,
    channel: 'teams',
    conversation: `teams:${address.conversation}`,
    person: `teams:${from.aadObjectId || from.id}`,
    ...(from.name && { name: from.name.slice(0, 200) }),
    ...(locale && { locale: locale.slice(0, 35) }),
    address,
  }
  const kind = type === 'invoke' ? name : type
  if (kind === 'messageReaction' || kind === 'message/submitAction') {
    const thumbs = [text(fields(value.actionValue).reaction), ...activity.reactionsAdded.map((one) => one.type)]
    const rated = thumbs.map(rating).find((one) => one !== undefined)
    const message = idOf(replyToId)
    return rated && { ...base, text: '', feedback: { value: rated, ...(message !== undefined && { message }) } }
  }
  if (kind === 'adaptiveCard/action') return { ...base, ...pressed(fields(fields(value.action).data), '') }
  if (kind !== 'message') return undefined
  const { text: said, mentioned } = written(activity)
  if (Object.keys(value).length > 0) return { ...base, ...pressed(value, said) }
  const attachments = activity.attachments.flatMap((one) => attachmentOf(one, activity.serviceUrl))
  if (!said && attachments.length === 0 && !mentioned) return undefined
  const addressed = address.type === 'personal' || mentioned
  return {
    ...base,
    text: said,
    ...(attachments.length > 0 && { attachments }),
    ...(!addressed && { addressed: false }),
  }
}

/** What was pressed on a card, or filled in: our buttons carry a `choice`, and fields have their own names. */
function pressed(data: Fields, said: string): Pick<IncomingMessage, 'text' | 'choice' | 'fields'> {
  const choice = text(data.choice).slice(0, 500)
  if (choice) return { text: said || text(data.label) || choice, choice }
  const filled = Object.entries(data).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
  return { text: said || filled.map(([, value]) => value).join('\n'), fields: Object.fromEntries(filled) }
}

const TYPES: Record<string, string> = {
  ...{ png: 'image/png', jpg: 'image/jpeg', jpeg: 'image/jpeg', gif: 'image/gif', webp: 'image/webp' },
  ...{ pdf: 'application/pdf', txt: 'text/plain', mp3: 'audio/mpeg', ogg: 'audio/ogg', wav: 'audio/wav' },
}

/** Files are in OneDrive, at an address that opens for some minutes; images at the service, for the bot's token. */
function attachmentOf(one: Activity['attachments'][number], service: string): Attachment[] {
  const { contentType, contentUrl, content } = one
  const name = safeName(one.name)
  if (contentType === 'application/vnd.microsoft.teams.file.download.info') {
    const info = fields(content)
    const type = TYPES[(text(info.fileType) || (name.split('.').at(-1) ?? '')).toLowerCase()]
    return [{ name, type: type ?? 'application/octet-stream', url: text(info.downloadUrl) }]
  }
  if (!contentUrl || /^(?:text\/html|application\/vnd\.microsoft\.)/.test(contentType)) return []
  const type = contentType === 'image/*' ? 'image/png' : contentType
  return [{ name, type, url: sameOrigin(contentUrl, service) ? `teams:${contentUrl}` : contentUrl }]
}
