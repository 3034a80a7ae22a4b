import { isIP } from 'node:net'
import { ibanIn, isCard } from './numbers.js'
import type { Phones } from './phones.js'

/** What is masked, and how its placeholder begins. */
export type Kind = 'email' | 'phone' | 'card' | 'iban' | 'ip' | 'url' | 'person'

/** Says what stands for a value. */
export type Put = (kind: Kind, value: string) => string

// The quantifiers are bounded: a message may be ten megabytes of anything.
const URL = /\b(?:https?|ftp|wss?):\/\/[^\s<>"']{1,2000}/gi
const MAILBOX = /[\p{L}\p{N}.!#$%&'*+/=?^_`{|}~-]{1,64}$/u
const HOST = /^(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.){1,8}\p{L}{2,24}/u
const IBAN = /(?<![\p{L}\p{N}])[A-Za-z]{2}\d{2}(?:[ -]?[A-Za-z0-9]){11,30}/gu
const CARD = /(?<![\d.])\d(?:[ -]?\d){12,18}(?![\d])/g
const PHONE = /(?<![\p{L}\p{N}])[+(]?\d(?:[\s().\u2010-\u2015/-]{0,3}\d){5,19}(?![\p{L}\p{N}])/gu
const IPV4 = /(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d]|\.\d)/g
const IPV6 = /(?<![\p{L}\p{N}:])[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}(?::(?:\d{1,3}\.){3}\d{1,3})?(?![\p{L}\p{N}:])/giu

/** Query and fragment keys that let somebody in or tell who they are. */
const SECRET_KEY =
  /[?&#;](?:[\w.-]*(?:token|secret|passw|pwd|signature|session|credential|apikey|api_key|access|auth|jwt|otp|invite|reset|email|phone)[\w.-]*|sig|key|code|sid|pin|id_?t|hash)=[^&#\s]/i
const USER_INFO = /^[a-z]+:\/\/[^/?#\s@]{1,200}@/i
/** A part of a path that looks drawn by lot: long, of letters and digits both. */
const RANDOM_PART = /\/(?=[\w.~-]*\d)(?=[\w.~-]*[A-Za-z])[\w.~-]{24,}(?=[/?#]|$)/

/** Addresses with a token in them: whoever has one may get in. */
export function maskUrls(text: string, put: Put): string {
  return text.replace(URL, (url) => {
    const shown = url.replace(/[).,;:!?\]}]+$/, '')
    if (!SECRET_KEY.test(shown) && !USER_INFO.test(shown) && !RANDOM_PART.test(shown)) return url
    return put('url', shown) + url.slice(shown.length)
  })
}

/** Looks around each `@`, so that a long text without one costs nothing. */
export function maskEmails(text: string, put: Put): string {
  let masked = ''
  let copied = 0
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    const mailbox = MAILBOX.exec(text.slice(Math.max(copied, at - 64), at))?.[0]
    const host = mailbox === undefined ? undefined : HOST.exec(text.slice(at + 1, at + 256))?.[0]
    if (mailbox === undefined || host === undefined) continue
    masked += text.slice(copied, at - mailbox.length) + put('email', `${mailbox}@${host}`.toLowerCase())
    copied = at + 1 + host.length
  }
  return masked + text.slice(copied)
}

/** IBANs, cards, telephone numbers and addresses of IP, in this order: the first are longer. */
export function maskNumbers(text: string, phones: Phones, put: Put): string {
  return text
    .replace(IBAN, (found) => {
      const iban = ibanIn(found)
      return iban === undefined
        ? found
        : put('iban', iban.replace(/[\s-]/g, '').toUpperCase()) + found.slice(iban.length)
    })
    .replace(CARD, (found) => {
      const digits = found.replace(/\D/g, '')
      return isCard(digits) ? put('card', digits) : found
    })
    .replace(IPV4, (found) => (isIP(found) ? put('ip', found) : found))
    .replace(PHONE, (found) => {
      const phone = phones.in(found)
      return phone ? found.slice(0, phone.start) + put('phone', phone.number) + found.slice(phone.end) : found
    })
}

export function maskIpv6(text: string, put: Put): string {
  return text.replace(IPV6, (found) => (isIP(found) === 6 && found.length > 3 ? put('ip', found.toLowerCase()) : found))
}
