import { readAhead } from '../ahead.js'
import { decoded } from '../decode.js'
import { type Fields, idOf, isObject, listOf, objectOf, textOf } from '../fields.js'
import type { Format } from '../format.js'
import { each, items } from '../json.js'
import type { Message, Person } from '../message.js'
import { Problems, Unusable } from '../problems.js'
import type { Entry } from '../source.js'
import { mrkdwn } from './slack/mrkdwn.js'

const DAY = /(^|\/)\d{4}-\d{2}-\d{2}\.json$/
const LISTS = /(^|\/)(users|org_users|channels|groups|dms|mpims)\.json$/
const USERS = /(^|\/)(org_)?users\.json$/

/** A workspace export: `users.json`, `channels.json`, and for each channel a folder with a file a day. */
export const slack: Format = {
  name: 'slack',
  expects: 'a Slack workspace export: users.json and channels.json beside folders of files like 2024-01-25.json',
  files: new RegExp(`${DAY.source}|${LISTS.source}`),
  recognises: (head, name) => DAY.test(name) && /^\s*\[\s*(\]|\{[\s\S]*"(ts|type)"\s*:)/.test(head),
  async open(source, entries, { skipBad }) {
    const people: Person[] = []
    for (const entry of source.entries) if (USERS.test(entry.name)) people.push(...(await usersOf(entry, skipBad)))
    const names = new Map(people.map((person) => [person.key, person.names[0] ?? person.key]))
    const days = entries.filter(({ name }) => !LISTS.test(name))
    return {
      people,
      ordered: true,
      messages: (problems) => read(days, names, problems),
      sample: (problems) => read(someOf(days), names, problems),
    }
  },
}

async function usersOf(entry: Entry, skipBad: boolean): Promise<Person[]> {
  const people: Person[] = []
  for await (const found of items(decoded(entry), entry.name, [], new Problems(skipBad))) {
    for (const { value } of found) {
      if (!isObject(value) || typeof value.id !== 'string') continue
      const profile = isObject(value.profile) ? value.profile : {}
      const names = [profile.real_name, value.real_name, profile.display_name, value.name, profile.email]
      const known = names.filter((name): name is string => typeof name === 'string' && name.trim() !== '')
      people.push({ key: value.id, names: [...new Set(known)], bot: value.is_bot === true || value.id === 'USLACKBOT' })
    }
  }
  return people
}

/** Bytes of days that are enough to see who answers. */
const ENOUGH = 24e6

/** Days from the whole time. */
function someOf(days: Entry[]): Entry[] {
  const every = Math.ceil(days.reduce((sum, { size }) => sum + size, 0) / ENOUGH)
  return days.filter((_, n) => n % every === 0)
}

async function* read(days: Entry[], names: Map<string, string>, problems: Problems): AsyncGenerator<Message[]> {
  for await (const [entry, chunks] of readAhead(days)) {
    const chat = entry.name.split('/').at(-2) ?? ''
    const of = (value: Fields, source: string) => messageOf(value, chat, source, names)
    for await (const found of items(chunks, entry.name, [], problems)) yield each(found, of, problems)
  }
}

/** Kinds of messages that somebody has written; all others the app tells. */
const WRITTEN = new Set([
  'bot_message',
  'thread_broadcast',
  'file_share',
  'me_message',
  'file_comment',
  'reply_broadcast',
])

function messageOf(value: Fields, chat: string, source: string, names: Map<string, string>): Message {
  const ts = textOf(value, 'ts')
  if (ts === undefined) throw new Unusable('the message has no "ts"')
  const subtype = textOf(value, 'subtype')
  const thread = textOf(value, 'thread_ts') ?? ''
  const told = subtype !== undefined && !WRITTEN.has(subtype)
  const bot = idOf(value, 'bot_id')
  const speaker = told ? '' : (idOf(value, 'user') ?? bot ?? textOf(value, 'username') ?? '')
  const attachments = value.files === undefined ? undefined : filesOf(value)
  return {
    chat,
    thread,
    speaker,
    name: names.has(speaker) ? undefined : nameOf(value),
    role: told || speaker === '' ? 'system' : bot === undefined ? undefined : 'agent',
    text: mrkdwn(textOf(value, 'text') || attached(value), names),
    ts: secondsOf(ts),
    source,
    id: ts,
    until: thread === ts && value.latest_reply !== undefined ? secondsOf(value.latest_reply) : undefined,
    attachments,
  }
}

/** Slack's times are ids too: `1706190000.000100`. */
function secondsOf(ts: unknown): number {
  const seconds = Number(ts)
  if (seconds > 0 && seconds < 1e11) return seconds
  throw new Unusable(`"ts" is ${JSON.stringify(ts)?.slice(0, 60)}, not a time`)
}

function nameOf(value: Fields): string | undefined {
  const profile = objectOf(value, 'user_profile')
  return (profile && (textOf(profile, 'real_name') ?? textOf(profile, 'name'))) ?? textOf(value, 'username')
}

/** What stands in a message without text: the texts of its attachments. */
function attached(value: Fields): string {
  const texts = listOf(value, 'attachments').map((one) =>
    isObject(one) ? (textOf(one, 'text') ?? textOf(one, 'fallback') ?? textOf(one, 'title') ?? '') : '',
  )
  return texts.filter((text) => text !== '').join('\n')
}

function filesOf(value: Fields): string[] {
  return listOf(value, 'files').map((one) => (isObject(one) ? (textOf(one, 'name') ?? textOf(one, 'title') ?? '') : ''))
}
