import { createHash, randomUUID } from 'node:crypto'
import { parseLocale } from '../http/locale.js'
import { readToken } from '../http/token.js'
import type { Handshake, Refused } from './protocol.js'

/** How people prove who they are: with a token that your own server signs once it knows them. */
export interface Identity {
  /** What the tokens are signed with, at least 32 characters; several while you change it. */
  secret: string | string[]
  /** The `aud` that tokens must have. By default they have none. */
  audience?: string
  /** Whether people without a token are turned away (false). */
  required?: boolean
}

/** Somebody who is connected. */
export interface Visitor {
  /** What leads back to the conversation of somebody who has not said who they are. */
  secret?: string
  /** The conversation, derived from the secret or the person. */
  room: string
  person: string
  name?: string
  locale?: string
  /** Until when their token counts, in milliseconds since 1970. */
  until?: number
}

/** A handshake as it came, with anything in it. */
type Given = { [K in keyof Handshake]: unknown }

/** Says who is behind a handshake, or why nobody may be. */
export type Known = (given: Given) => Visitor | Refused

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** Whether it could be the secret of a conversation, 122 random bits. */
export function isSecret(value: unknown): value is string {
  return typeof value === 'string' && UUID.test(value)
}

/**
 * Who is behind a handshake. A person with a token has one conversation, wherever they are; anybody else has the one whose
 * secret they bring, or a fresh one.
 */
export function visitorOf(given: Given, identity?: Identity): Visitor | Refused {
  const locale = parseLocale(given.locale)
  if (given.token !== undefined && given.token !== null) return identified(given.token, locale, identity)
  if (identity?.required) return { code: 'token', error: 'Sign in to write to us.' }
  const secret = isSecret(given.conversation) ? given.conversation : randomUUID()
  const room = roomOf(secret)
  return { secret, room, person: `web:${room}`, ...(locale && { locale }) }
}

function identified(token: unknown, locale: string | undefined, identity: Identity | undefined): Visitor | Refused {
  const { secret = [], audience } = identity ?? {}
  const claims = typeof token === 'string' ? readToken(token, [secret].flat(), audience) : 'it is no string'
  if (typeof claims === 'string') return { code: 'token', error: `The identity token was refused: ${claims}.` }
  const { sub, exp, name } = claims
  const spoken = parseLocale(claims.locale) ?? locale
  return {
    room: roomOfPerson(sub),
    person: `web:${sub}`,
    until: exp * 1000,
    ...(typeof name === 'string' && { name: name.slice(0, 200) }),
    ...(spoken && { locale: spoken }),
  }
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
