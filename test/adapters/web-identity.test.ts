import { createHmac, generateKeyPairSync, randomUUID } from 'node:crypto'
import { type WebOptions, web } from '@colloquy/adapters/web'
import { SignJWT, UnsecuredJWT } from 'jose'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Refused } from '../../packages/adapters/dist/web/protocol.js'
import { Host } from './host.js'
import { Page } from './page.js'

const SECRET = 'what only the servers of the bank know'
const key = new TextEncoder().encode(SECRET)

let host: Host
let stops: (() => unknown)[]

beforeEach(() => {
  host = new Host()
  stops = []
})

afterEach(async () => {
  for (const stop of stops.reverse()) await stop()
})

async function serve(identity: WebOptions['identity'] | undefined, options: WebOptions = {}): Promise<string> {
  const channel = await host.start(web({ port: 0, ...(identity && { identity }), ...options }))
  stops.push(() => channel.stop())
  return channel.url
}

function open(url: string, auth = {}): Page {
  const page = new Page(url, auth)
  stops.push(() => page.socket.disconnect())
  return page
}

/** What a page is told that is not let in. */
function refused(page: Page): Promise<Refused | string> {
  return new Promise((resolve) => {
    page.socket.on('connect_error', (error: Error & { data?: Refused }) => resolve(error.data as Refused))
    page.socket.on('welcome', () => resolve('welcome'))
  })
}

/** A token as the library that most people take would sign it. */
function token(claims: Record<string, unknown> = {}, secret = key): Promise<string> {
  return new SignJWT({ sub: 'anna', exp: Math.floor(Date.now() / 1000) + 60, ...claims })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .sign(secret)
}

describe('a person with a token', () => {
  it('has one conversation on all devices, in their own name', async () => {
    const url = await serve({ secret: SECRET })
    const laptop = open(url, { token: await token({ name: 'Anna Keller', locale: 'de-CH' }) })
    expect(await laptop.welcome).not.toHaveProperty('conversation')
    expect(await laptop.say('hello', { id: 'm1' })).toEqual({ ok: true })
    expect(host.received).toMatchObject([{ person: 'web:anna', name: 'Anna Keller', locale: 'de-CH' }])
    const phone = open(url, { token: await token() })
    expect(await phone.history).toMatchObject([{ id: 'm1', text: 'hello' }, { from: 'bot' }])
  })

  it('is nobody else, whatever secret they bring along', async () => {
    const url = await serve({ secret: SECRET })
    const anonymous = open(url)
    const { conversation } = await anonymous.welcome
    await anonymous.say('my pin is 1234')
    const anna = open(url, { token: await token(), conversation })
    const otto = open(url, { token: await token({ sub: 'otto' }), conversation })
    expect(await anna.history).toEqual([])
    expect(await otto.history).toEqual([])
    await anna.say('hello')
    await otto.emit('nothing')
    expect(otto.messages).toEqual([])
  })

  it('may come with a token of the secret before the last', async () => {
    const url = await serve({ secret: ['the secret that comes now, long enough', SECRET] })
    expect(await refused(open(url, { token: await token() }))).toBe('welcome')
  })

  it('is asked for a fresh token when theirs has expired', async () => {
    const url = await serve({ secret: SECRET })
    // Clocks may differ by 30 seconds.
    const old = await token({ exp: Math.floor(Date.now() / 1000) - 28 })
    const page = open(url, { token: old })
    await page.history
    expect(await new Promise((resolve) => page.socket.on('disconnect', resolve))).toBe('transport close')
  })

  it('is let in only with one, where that is required', async () => {
    const url = await serve({ secret: SECRET, required: true })
    expect(await refused(open(url))).toEqual({ code: 'token', error: 'Sign in to write to us.' })
    expect(await refused(open(url, { conversation: randomUUID() }))).toMatchObject({ code: 'token' })
    expect((await fetch(`${url}events`)).status).toBe(401)
    expect(await refused(open(url, { token: await token() }))).toBe('welcome')
  })
})

describe('a token is refused', () => {
  const soon = Math.floor(Date.now() / 1000) + 600
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const claims = part({ sub: 'anna', exp: soon })
  const signed = (header: unknown, secret = SECRET, body = claims) => {
    const told = `${part(header)}.${body}`
    return `${told}.${createHmac('sha256', secret).update(told).digest('base64url')}`
  }
  const deep = Buffer.from(`${'{"a":'.repeat(500)}1${'}'.repeat(500)}`).toString('base64url')

  it.each<[string, () => unknown, string]>([
    ['signed by somebody else', () => token({}, new TextEncoder().encode('x'.repeat(40))), 'signature'],
    ['without a signature', () => new UnsecuredJWT({ sub: 'anna', exp: soon }).encode(), 'no JSON Web Token'],
    ['of the algorithm "none" with a signature', () => signed({ alg: 'none' }), 'HS256'],
    ['of the algorithm "nOnE"', () => signed({ alg: 'nOnE' }), 'HS256'],
    ['of no algorithm', () => signed({}), 'HS256'],
    [
      'with HS512',
      () => new SignJWT({ sub: 'anna', exp: soon }).setProtectedHeader({ alg: 'HS512' }).sign(key),
      'HS256',
    ],
    [
      'with RS256',
      () => new SignJWT({ sub: 'anna', exp: soon }).setProtectedHeader({ alg: 'RS256' }).sign(rsa.privateKey),
      'HS256',
    ],
    ['with a critical header', () => signed({ alg: 'HS256', crit: ['b64'], b64: false }), 'HS256'],
    [
      'with other claims than were signed',
      async () => (await token()).replace(/\.[^.]+\./, `.${claims}.`),
      'signature',
    ],
    ['whose signature is cut', async () => (await token()).slice(0, -4), 'signature'],
    ['whose signature is empty', async () => (await token()).replace(/[^.]+$/, ''), 'no JSON Web Token'],
    ['with a part too many', async () => `${await token()}.x`, 'no JSON Web Token'],
    ['expired', () => token({ exp: soon - 700 }), 'expired'],
    ['that never expires', () => token({ exp: undefined }), 'when it expires'],
    ['that expires at "soon"', () => token({ exp: 'soon' }), 'when it expires'],
    ['not valid yet', () => token({ nbf: soon }), 'not valid yet'],
    ['for another audience', () => token({ aud: 'shop' }), 'audience'],
    ['for no audience', () => token({}), 'audience'],
    ['for audiences that leave this one out', () => token({ aud: ['shop', 'bank2'] }), 'audience'],
    ['about nobody', () => token({ aud: 'bank', sub: undefined }), 'who it is about'],
    ['about an empty name', () => token({ aud: 'bank', sub: '' }), 'who it is about'],
    ['about a name with control characters', () => token({ aud: 'bank', sub: 'a\u0000b' }), 'who it is about'],
    ['about a list', () => token({ aud: 'bank', sub: ['anna'] }), 'who it is about'],
    ['nested 500 deep', () => signed({ alg: 'HS256' }, SECRET, deep), 'when it expires'],
    ['of 9,000 characters', () => token({ aud: 'bank', more: 'x'.repeat(9000) }), 'no JSON Web Token'],
    ['that is no token', () => 'anna', 'no JSON Web Token'],
    ['that is an object', () => ({ sub: 'anna' }), 'no string'],
    ['that is a number', () => 7, 'no string'],
  ])('%s', async (_name, make, why) => {
    const url = await serve({ secret: SECRET, audience: 'bank' })
    const given = await make()
    expect(await refused(open(url, { token: given }))).toEqual({ code: 'token', error: expect.stringContaining(why) })
    if (typeof given === 'string') {
      const headers = { authorization: `Bearer ${given}` }
      const response = await fetch(`${url}messages`, { method: 'POST', headers, body: '{"id":"1","text":"hello"}' })
      expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
      expect(host.warnings.join()).not.toContain(given)
    }
    expect(host.warnings.join()).toContain(why)
    expect(host.warnings.join()).not.toContain(SECRET)
    expect(host.received).toEqual([])
  })

  it('where the server takes none', async () => {
    expect(await refused(open(await serve(undefined), { token: await token() }))).toMatchObject({ code: 'token' })
  })

  it('where the secret is too short to be one, the server does not start', async () => {
    await expect(serve({ secret: 'short' })).rejects.toMatchObject({
      code: 'channel_failed',
      message: expect.stringContaining('at least 32 characters'),
    })
  })
})
