import { ColloquyError } from '@colloquy/core'
import type { Role } from '../../../data/transcript.js'
import type { Fields } from '../../fields.js'
import type { Message } from '../../message.js'
import { Unusable } from '../../problems.js'
import type { Times } from './times.js'

/** What the columns of tables are usually called. */
const USUAL = {
  text: ['text', 'body', 'message', 'content', 'utterance', 'message_text', 'msg', 'comment'],
  conversation: [
    'conversation',
    'conversation_id',
    'conversationid',
    'ticket',
    'ticket_id',
    'thread_id',
    'chat_id',
    'session_id',
    'dialogue_id',
    'case_id',
    'conv_id',
  ],
  role: ['role', 'author_type', 'sender_type', 'from_type', 'direction', 'author_role', 'inbound', 'speaker_role'],
  time: ['time', 'timestamp', 'created_at', 'createdat', 'date', 'datetime', 'ts', 'sent_at', 'date_time'],
  speaker: ['speaker', 'author', 'author_id', 'sender', 'from', 'user', 'user_name', 'username', 'name', 'sender_id'],
  id: ['id', 'message_id', 'tweet_id', 'uuid'],
}

export type Column = keyof typeof USUAL
export const COLUMNS = Object.keys(USUAL) as Column[]

/** Reads a column of a row; a key may name a value inside another: `author.type`. */
type Read = (row: Fields) => unknown
export type Columns = Partial<Record<Column, Read>>

/**
 * Which column holds what.
 *
 * @param file - named in the error where the text's column is missing; without it there is no error.
 * @returns undefined where there is no text, or nothing that tells who speaks or in which conversation.
 * @throws {@link ColloquyError} `bad_data` where the user names a column that is not there.
 */
export function columnsOf(names: string[], map: Record<string, string>, file?: string): Columns | undefined {
  const columns: Columns = {}
  for (const column of COLUMNS) {
    const name = map[column] ?? names.find((one) => USUAL[column].includes(one.toLowerCase().replace(/[\s-]/g, '_')))
    if (name !== undefined) columns[column] = reader(name)
    const told = map[column]
    const there = told === undefined || names.includes(told) || names.includes(told.split('.')[0] as string)
    // A log of objects need not have every key in its first one.
    if (!there && file !== undefined && column !== 'id') refuse(file, names, told)
  }
  const known = columns.text && (columns.conversation ?? columns.role ?? columns.speaker)
  if (known) return columns
  if (file !== undefined) refuse(file, names, columns.text ? 'conversation", "role" or "speaker' : 'text')
  return undefined
}

function refuse(file: string, names: string[], missing: string): never {
  throw new ColloquyError(
    'bad_data',
    `${file}: there is no column "${missing}" among ${names.map((name) => `"${name}"`).join(', ')}.`,
    'Say which column holds what: --map text=body,conversation=ticket_id,role=author_type,time=created_at',
  )
}

function reader(name: string): Read {
  return (row) => {
    if (name in row) return row[name]
    let value: unknown = row
    for (const key of name.split('.'))
      value = typeof value === 'object' && value !== null ? (value as Fields)[key] : undefined
    return value
  }
}

const ROLES: [Role, RegExp][] = [
  [
    'customer',
    /^(customer|user|client|end[-_ ]?user|visitor|incoming|inbound|in|received|lead|contact|requester|consumer|human|caller|guest|buyer|true|1)$/i,
  ],
  [
    'agent',
    /^(agent|bot|assistant|admin|support|operator|outgoing|outbound|out|sent|staff|rep(resentative)?|employee|seller|chatbot|false|0)$/i,
  ],
  ['system', /^(system|note|internal|event|info)$/i],
]

export function messageOf(row: Fields, columns: Columns | undefined, times: Times, source: string): Message {
  const read = (column: Column) => {
    const value = columns?.[column]?.(row)
    if (value === undefined || value === null || value === '') return undefined
    if (typeof value === 'object')
      throw new Unusable(`the ${column} is ${Array.isArray(value) ? 'a list' : 'an object'}`)
    return String(value)
  }
  const time = read('time')
  const ts = time === undefined ? undefined : times.read(time)
  if (time !== undefined && ts === undefined) throw new Unusable(`${JSON.stringify(time.slice(0, 60))} is no time`)
  const said = read('role')
  const role = ROLES.find(([, words]) => said !== undefined && words.test(said.trim()))?.[0]
  const conversation = read('conversation')
  return {
    chat: conversation ?? 'chat',
    thread: '',
    whole: conversation !== undefined,
    // A role that is none of these is somebody's name.
    speaker: read('speaker') ?? (role === undefined ? said : role) ?? '',
    role: role ?? (said === undefined && columns?.speaker === undefined ? 'customer' : undefined),
    text: read('text') ?? '',
    ts,
    source,
    id: read('id'),
  }
}
