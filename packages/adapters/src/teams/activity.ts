import { ColloquyError } from '@colloquy/core'

/** An account of a person or a bot. */
export interface Account {
  id: string
  name?: string
  /** The person in the directory of their organisation: the same one for every bot. */
  aadObjectId?: string
  role?: string
}

/** What Teams sends, as far as the adapter reads it: strings are strings and lists are lists, whatever came. */
export interface Activity {
  type: string
  id: string
  name: string
  text: string
  action: string
  channelId: string
  serviceUrl: string
  locale: string
  replyToId: string
  from: Account
  recipient: Account
  conversation: { id: string; type: string; tenant: string }
  /** Channel of a team that it was written in, where it was. */
  channel: string
  expectsReplies: boolean
  value: Fields
  entities: Fields[]
  attachments: Fields[]
  membersAdded: Fields[]
  reactionsAdded: Fields[]
}

/** A JSON object of which nothing is known. */
export type Fields = Readonly<Record<string, unknown>>

/** A string field, or an empty string. */
export function text(of: Fields, key: string): string {
  const value = of[key]
  return typeof value === 'string' ? value : ''
}

/** An object field, or an empty object; a JSON text counts as what it holds, because clients differ. */
export function fields(of: Fields, key: string): Fields {
  let value = of[key]
  try {
    if (typeof value === 'string' && value.startsWith('{')) value = JSON.parse(value)
  } catch {}
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}
}

function list(of: Fields, key: string): Fields[] {
  const value = of[key]
  return Array.isArray(value) ? value.filter((one): one is Fields => typeof one === 'object' && one !== null) : []
}

function account(of: Fields, key: string): Account {
  const found = fields(of, key)
  const account: Account = { id: text(found, 'id') }
  for (const name of ['name', 'aadObjectId', 'role'] as const) {
    if (text(found, name)) account[name] = text(found, name).slice(0, 200)
  }
  return account
}

/**
 * Reads an activity.
 *
 * @throws {@link ColloquyError} `bad_message` where it says neither what it is nor where it comes from.
 */
export function readActivity(body: Fields): Activity {
  const conversation = fields(body, 'conversation')
  const data = fields(body, 'channelData')
  const activity: Activity = {
    type: text(body, 'type'),
    id: text(body, 'id'),
    name: text(body, 'name'),
    text: text(body, 'text'),
    action: text(body, 'action'),
    channelId: text(body, 'channelId') || 'msteams',
    serviceUrl: text(body, 'serviceUrl'),
    locale: text(body, 'locale').slice(0, 35),
    replyToId: text(body, 'replyToId'),
    from: account(body, 'from'),
    recipient: account(body, 'recipient'),
    conversation: {
      id: text(conversation, 'id'),
      type: text(conversation, 'conversationType') || 'personal',
      tenant: text(conversation, 'tenantId') || text(fields(data, 'tenant'), 'id'),
    },
    channel: text(fields(data, 'channel'), 'id'),
    expectsReplies: text(body, 'deliveryMode') === 'expectReplies',
    value: fields(body, 'value'),
    entities: list(body, 'entities'),
    attachments: list(body, 'attachments'),
    membersAdded: list(body, 'membersAdded'),
    reactionsAdded: list(body, 'reactionsAdded'),
  }
  const usable =
    activity.type && activity.conversation.id && activity.from.id && /^https?:\/\//.test(activity.serviceUrl)
  if (!usable)
    throw new ColloquyError('bad_message', 'An activity lacks its type, conversation, sender or service URL.')
  return activity
}
