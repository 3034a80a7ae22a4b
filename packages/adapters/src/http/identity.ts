import { ColloquyError } from '@colloquy/core'
import { parseLocale } from './locale.js'
import { readToken } from './token.js'

/** How people prove who they are: with a token that your own server signs once it knows them. */
export interface Identity {
  /** What the tokens are signed with (HS256), at least 32 characters; several while you change it. */
  secret: string | string[]
  /** The `aud` that tokens must have. By default they have none. */
  audience?: string
  /** Whether people without a token are turned away (false). */
  required?: boolean
}

/** Somebody who has proved who they are. */
export interface Person {
  sub: string
  name?: string
  locale?: string
  /** Until when that counts, in milliseconds since 1970. */
  until: number
}

/** @throws {@link ColloquyError} `channel_failed` where a secret is too short to keep anybody out. */
export function checkSecrets({ secret }: Identity): void {
  if ([secret].flat().every((one) => one.length >= 32)) return
  const how = 'Make one with: node -p "crypto.randomBytes(32).toString(\'base64url\')"'
  throw new ColloquyError('channel_failed', 'The secret of `identity` must have at least 32 characters.', how)
}

/** Who a token is about, or why it is refused. */
export function identify(token: unknown, { secret, audience }: Identity): Person | string {
  const claims = typeof token === 'string' ? readToken(token, [secret].flat(), audience) : 'it is no string'
  if (typeof claims === 'string') return claims
  const { sub, exp, name } = claims
  const locale = parseLocale(claims.locale)
  return {
    sub,
    until: exp * 1000,
    ...(typeof name === 'string' && { name: name.slice(0, 200) }),
    ...(locale && { locale }),
  }
}
