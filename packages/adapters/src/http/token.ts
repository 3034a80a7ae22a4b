import { createHmac, timingSafeEqual } from 'node:crypto'
import { parseObject } from './body.js'

/** What a token says, once it is verified. */
export interface Claims {
  /** Who it is about. */
  sub: string
  /** Until when it counts, in seconds since 1970. */
  exp: number
  name?: unknown
  locale?: unknown
}

/** Characters. */
const LONGEST = 8192
/** Seconds by which two machines' clocks may differ. */
const LEEWAY = 30

/**
 * Verifies a JSON Web Token that was signed with HS256 (RFC 7519): by one of `keys`, for `audience` and no other, not expired.
 *
 * @param now - milliseconds since 1970.
 * @returns the claims, or why it is refused, without a word of the token.
 */
export function readToken(
  token: string,
  keys: readonly string[],
  audience?: string,
  now = Date.now(),
): Claims | string {
  const [head = '', body = '', signature = '', ...more] = token.length > LONGEST ? [] : token.split('.')
  const header = decoded(head)
  if (!header || !signature || more.length > 0) return 'it is no JSON Web Token'
  if (header.alg !== 'HS256' || header.crit !== undefined) return 'it is not signed with HS256'
  const given = Buffer.from(signature, 'base64url')
  const signs = (key: string) => {
    const due = createHmac('sha256', key).update(`${head}.${body}`).digest()
    return due.length === given.length && timingSafeEqual(due, given)
  }
  if (!keys.some(signs)) return 'its signature is wrong'
  const { sub, exp, nbf = 0, aud, name, locale } = decoded(body) ?? {}
  if (typeof exp !== 'number' || typeof nbf !== 'number') return 'it does not say when it expires'
  if (now / 1000 > exp + LEEWAY) return 'it is expired'
  if (now / 1000 < nbf - LEEWAY) return 'it is not valid yet'
  const audiences = Array.isArray(aud) ? aud : [aud]
  if (!audiences.includes(audience)) return 'it is meant for another audience'
  if (typeof sub !== 'string' || !/^[^\p{Cc}\p{Cs}]{1,200}$/u.test(sub)) return 'it does not say who it is about'
  return { sub, exp, name, locale }
}

function decoded(part: string): Record<string, unknown> | undefined {
  return parseObject(Buffer.from(part, 'base64url').toString())
}
