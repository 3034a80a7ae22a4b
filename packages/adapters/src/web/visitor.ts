import { createHash, randomUUID } from 'node:crypto'
import { type Identity, identify } from '../http/identity.js'
import { parseLocale } from '../http/locale.js'
import type { Handshake, Refused } from './protocol.js'

/** Somebody who is connected. */
export interface Visitor {
  /** What leads back to the conversation of somebody who has not said who they are. */
  secret?: string
  /** Where the conversation is heard, derived from the secret or the person. */
  room: string
  conversation: string
  person: string
  name?: string
  locale?: string
  /** Until when their token counts, in milliseconds since 1970. */
  until?: number
}

/** A handshake as it came, with anything in it. */
export type Given = { [K in keyof Handshake]: unknown }

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** Whether it could be the secret of a conversation, 122 random bits. */
export function isSecret(value: unknown): value is string {
  return typeof value === 'string' && UUID.test(value)
}

/**
 * Who is behind a handshake. A person with a token has one conversation, wherever they are; anybody else has the one whose
 * secret they bring, or a fresh one.
 */
export function visitorOf({ token, conversation, ...given }: Given, identity?: Identity): Visitor | Refused {
  const spoken = parseLocale(given.locale)
  const locale = spoken !== undefined && { locale: spoken }
  if (token !== undefined && token !== null) {
    const person = identity ? identify(token, identity) : 'this server takes none'
    if (typeof person === 'string') return { code: 'token', error: `The identity token was refused: ${person}.` }
    const { sub, ...more } = person
    const room = roomOfPerson(sub)
    return { room, conversation: `web:${room}`, person: `web:${sub}`, ...locale, ...more }
  }
  if (identity?.required) return { code: 'token', error: 'Sign in to write to us.' }
  const secret = isSecret(conversation) ? conversation : randomUUID()
  const room = roomOf(secret)
  return { secret, room, conversation: `web:${room}`, person: `web:${room}`, ...locale }
}

/**
 * The room of a conversation. It is derived from the secret and not the secret itself, because it ends up in logs, in
 * the store and in training data, and whoever reads those must not be able to join the conversation.
 */
function roomOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url').slice(0, 22)
}

/** The room of somebody who has a token. */
export function roomOfPerson(sub: string): string {
  return roomOf(`person ${sub}`)
}
