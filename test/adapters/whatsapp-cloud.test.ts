import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type WhatsAppCloudOptions, whatsappCloud } from '@colloquy/adapters/whatsapp-cloud'
import { ColloquyError, type Json, type Part } from '@colloquy/core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { PIXEL } from './contract/shop.js'
import { Host } from './host.js'
import { envelope, Graph, NUMBER, SECRET, sign, TOKEN, VERIFY } from './whatsapp-cloud-remote.js'

const CUSTOMER = 'whatsapp-cloud:4915112345678'
const ADDRESS = { from: '4915112345678', to: '4915112345678', message: 'wamid.1' }
const now = () => ({ ...ADDRESS, at: Date.now() })
const seconds = (ago: number) => String(Math.floor(Date.now() / 1000) - ago)

let graph: Graph
let host: Host
let stops: (() => unknown)[]

beforeEach(async () => {
  host = new Host(() => [])
  graph = await Graph.start()
  stops = [() => graph.stop()]
})

afterEach(async () => {
  for (const stop of stops.reverse()) await stop()
  const said = host.warnings.join('\n')
  for (const secret of [TOKEN, SECRET, VERIFY]) expect(said).not.toContain(secret)
})

async function start(options: Partial<WhatsAppCloudOptions> = {}) {
  const credentials = { token: TOKEN, phoneNumberId: NUMBER, appSecret: SECRET, verifyToken: VERIFY }
  const channel = await host.start(whatsappCloud({ ...graph.options, ...credentials, ...options }))
  stops.push(() => channel.stop())
  return channel
}

const text = (body: string): Part => ({ type: 'text', text: body })
const choices = (...labels: string[]): Part => ({
  type: 'choices',
  choices: labels.map((label) => ({ label, value: `v:${label}` })),
})
const said = (id: string, ...parts: Part[]) => ({ id, parts })
const sent = () => graph.sent.filter(({ payload }) => payload.type).map(({ payload }) => payload)
const hello = (id: string) => graph.webhook({ id, type: 'text', text: { body: 'hello' } })

describe('the webhook', () => {
  it('is verified by its token alone', async () => {
    const { url } = await start()
    const verify = (token: string, mode = 'subscribe') =>
      fetch(`${url}?hub.mode=${mode}&hub.verify_token=${encodeURIComponent(token)}&hub.challenge=1158201444`)
    const good = await verify(VERIFY)
    expect([good.status, await good.text(), good.headers.get('content-type')]).toEqual([
      200,
      '1158201444',
      'text/plain; charset=utf-8',
    ])
    for (const bad of [await verify('guess'), await verify(''), await verify(VERIFY, 'other'), await fetch(url)])
      expect([bad.status, await bad.text()]).toEqual([403, ''])
    expect(host.warnings.join()).toContain('its verify token is not the one in the options')
    expect((await fetch(`${url}x`)).status).toBe(404)
    expect((await fetch(url, { method: 'PUT' })).status).toBe(405)
  })

  it('refuses every signature that is not this app’s over these bytes', async () => {
    const { url } = await start()
    const body = hello('wamid.1')
    const hmac = (algorithm: string) => createHmac(algorithm, SECRET).update(body).digest('hex')
    for (const forged of [
      '',
      'sha256=',
      sign(body, 'other'),
      sign(`${body} `, SECRET),
      `sha1=${hmac('sha1')}`,
      hmac('sha256'),
    ])
      expect(await graph.post(body, forged)).toBe(401)
    expect((await fetch(url, { method: 'POST', body })).status).toBe(401)
    expect(host.received).toEqual([])
    expect(host.warnings.join()).toContain('its signature is none of this app')
  })

  it('takes the old and the new secret while it is changed', async () => {
    await start({ appSecret: ['next', SECRET] })
    expect(await graph.post(hello('wamid.1'))).toBe(200)
    expect(await graph.post(hello('wamid.2'), sign(hello('wamid.2'), 'next'))).toBe(200)
    expect(await graph.post(hello('wamid.3'), sign(hello('wamid.3'), 'previous'))).toBe(401)
    expect(host.received.map(({ id }) => id)).toEqual(['wamid.1', 'wamid.2'])
  })

  it('refuses what is recorded and played back later than Meta delivers again', async () => {
    await start()
    const old = graph.webhook({ id: 'wamid.1', type: 'text', text: { body: 'hello' }, timestamp: seconds(9 * 86_400) })
    expect(await graph.post(old)).toBe(200)
    expect(host.received).toEqual([])
    expect(host.warnings.join()).toContain('more than a week ago')
  })

  it('refuses what another tenant’s number got, signed by the same app', async () => {
    await start()
    expect(
      await graph.post(graph.webhook({ id: 'wamid.1', type: 'text', text: { body: 'hello' } }, 'Eve', '999')),
    ).toBe(200)
    expect(host.received).toEqual([])
    expect(host.warnings.join()).toContain('"number":"999"')
  })

  it('refuses what is too large before it is read, and what nests too deep', async () => {
    await start()
    expect(await graph.post('x'.repeat(4 * 1024 * 1024)).catch(() => 413)).toBe(413)
    const deep = `{"object":"whatsapp_business_account","entry":${'['.repeat(5000)}${']'.repeat(5000)}}`
    expect(await graph.post(deep)).toBe(400)
    expect(await graph.post(hello('wamid.1'))).toBe(200)
  })

  it('asks for a message again where it could not be stored, and not where it can never be', async () => {
    await start()
    host.before = async () => {
      throw new ColloquyError('store_unavailable', 'gone')
    }
    expect(await graph.post(hello('wamid.1'))).toBe(503)
    host.before = async () => {
      throw new ColloquyError('bad_message', 'no')
    }
    expect(await graph.post(hello('wamid.1'))).toBe(200)
  })

  it('leaves other webhooks alone', async () => {
    await start()
    const other = {
      object: 'whatsapp_business_account',
      entry: [{ changes: [{ field: 'account_update', value: {} }] }],
    }
    for (const payload of [other, { object: 'page', entry: [] }, {}])
      expect(await graph.post(JSON.stringify(payload))).toBe(200)
    expect(host.received).toEqual([])
    expect(host.warnings).toEqual([])
  })

  it.each(['token', 'phoneNumberId', 'appSecret', 'verifyToken'])(
    'is not opened without the option %s',
    async (name) => {
      await expect(start({ [name]: '' })).rejects.toMatchObject({
        code: 'channel_failed',
        message: expect.stringContaining(name),
      })
    },
  )
})

describe('what people send', () => {
  it.each([
    [
      'a caption',
      { type: 'image', image: { id: '7', mime_type: 'image/jpeg', caption: 'broken' } },
      { text: 'broken', attachments: [{ name: 'image.jpeg', type: 'image/jpeg', url: 'whatsapp-cloud:7/image.jpeg' }] },
    ],
    [
      'a voice note',
      { type: 'audio', audio: { id: '7', mime_type: 'audio/ogg; codecs=opus', voice: true } },
      { text: '', attachments: [{ name: 'audio.ogg', type: 'audio/ogg' }] },
    ],
    [
      'a sticker',
      { type: 'sticker', sticker: { id: '7', mime_type: 'image/webp' } },
      { attachments: [{ type: 'image/webp' }] },
    ],
    [
      'a path for a name',
      { type: 'document', document: { id: '7', filename: '../../etc/passwd', mime_type: 'text/plain' } },
      { attachments: [{ name: 'passwd', url: 'whatsapp-cloud:7/passwd' }] },
    ],
    [
      'a path of Windows',
      { type: 'document', document: { id: '7', filename: 'C:\\x\\..\\..\\a\u202Etxt.exe' } },
      { attachments: [{ name: 'atxt.exe', type: 'application/octet-stream' }] },
    ],
    [
      'a button of a template',
      { type: 'button', button: { text: 'Track it', payload: 'track' } },
      { text: 'Track it', choice: 'track' },
    ],
    [
      'a row that was cut',
      {
        type: 'interactive',
        interactive: {
          type: 'list_reply',
          list_reply: { id: 'v', title: 'A label that is far too…', description: 'A label that is far too long' },
        },
      },
      { text: 'A label that is far too long', choice: 'v' },
    ],
    [
      'a place',
      { type: 'location', location: { latitude: 1.5, longitude: 2, name: 'Shop' } },
      { text: 'Shop\n1.5, 2' },
    ],
    [
      'a contact',
      { type: 'contacts', contacts: [{ name: { formatted_name: 'Ben' }, phones: [{ phone: '+1 555' }] }] },
      { text: 'Ben +1 555' },
    ],
    ['what WhatsApp itself cannot show', { type: 'unsupported', errors: [{ code: 131051 }] }, { text: '' }],
  ])('is understood: %s', async (_, message, expected) => {
    await start()
    await graph.deliver(message)
    expect(host.received).toMatchObject([
      { ...expected, person: CUSTOMER, conversation: CUSTOMER, name: 'Anna Keller' },
    ])
  })

  it('is none of the bot’s business where it is no message to it', async () => {
    await start()
    await graph.deliver({ type: 'system', system: { body: 'A changed their phone number' } })
    await graph.deliver({ type: 'reaction', reaction: { message_id: 'wamid.9', emoji: '🎉' } })
    await graph.deliver({ type: 'reaction', reaction: { message_id: 'wamid.9' } })
    await graph.deliver({ type: 'text', text: { body: 'hi all' }, group_id: '120363' })
    expect(host.received).toEqual([])
  })

  it('comes from a person whose number may be hidden, who is answered all the same', async () => {
    const channel = await start()
    const message = {
      id: 'wamid.1',
      from: undefined,
      from_user_id: 'US.13491208655302741918',
      timestamp: seconds(0),
      type: 'text',
      text: { body: 'hi' },
    }
    await graph.post(
      envelope({ contacts: [{ user_id: 'US.13491208655302741918', profile: { name: 'Ada' } }], messages: [message] }),
    )
    expect(host.received).toMatchObject([{ person: 'whatsapp-cloud:US.13491208655302741918', name: 'Ada' }])
    await channel.send(host.received[0]?.address ?? null, said('c.1.1', text('hello')))
    expect(sent()).toMatchObject([{ recipient: 'US.13491208655302741918', text: { body: 'hello' } }])
  })
})

describe('files of people', () => {
  const put = (bytes: string | Buffer) =>
    graph.media.set('1000', { id: '1000', name: 'a', type: 'image/png', bytes: Buffer.from(bytes) })

  it('are read in two steps, both with the token', async () => {
    const channel = await start()
    put('a photo')
    const file = await channel.file?.('whatsapp-cloud:1000/photo.png')
    expect(file).toEqual({ name: 'photo.png', type: 'image/png', bytes: Buffer.from('a photo') })
    expect(graph.calls.map(({ path, status }) => [path, status])).toEqual([
      [`/v24.0/1000?phone_number_id=${NUMBER}`, 200],
      ['/download/1000', 200],
    ])
  })

  it.each([
    'http://169.254.169.254/latest/meta-data',
    'https://10.0.0.1/x',
    'https://evil.example/x',
    'https://lookaside.fbsbx.com.evil.example/x',
    'https://evilfbsbx.com/x',
    'https://lookaside.fbsbx.com:8443/x',
    'http://lookaside.fbsbx.com/x',
    'https://lookaside.fbsbx.com@evil.example/x',
    'file:///etc/passwd',
    'not a url',
  ])('are never fetched from elsewhere: %s', async (url) => {
    const channel = await start()
    put('x')
    graph.mediaUrl = url
    await expect(channel.file?.('whatsapp-cloud:1000/a.png')).rejects.toMatchObject({ code: 'bad_message' })
    expect(graph.calls).toHaveLength(1)
  })

  it('are not followed to where the token has no business', async () => {
    let visits = 0
    const elsewhere = createServer((_, response) => {
      visits++
      response.end()
    }).listen(0, '127.0.0.1')
    await once(elsewhere, 'listening')
    stops.push(() => elsewhere.close())
    const { port } = elsewhere.address() as AddressInfo
    const channel = await start()
    put('x')
    graph.mediaUrl = `${graph.origin}/redirect?to=http://127.0.0.1:${port}/`
    await expect(channel.file?.('whatsapp-cloud:1000/a.png')).rejects.toThrow(/cannot be reached/)
    expect(visits).toBe(0)
  })

  it.each([
    'whatsapp-cloud:../me/x',
    'whatsapp-cloud:1000?fields=token/x',
    'whatsapp-cloud:1000/../../x',
    'whatsapp-cloud:',
  ])('have ids, and nothing else is asked for: %s', async (url) => {
    const channel = await start()
    await expect(channel.file?.(url)).rejects.toMatchObject({ code: 'bad_message' })
    expect(graph.calls).toEqual([])
  })

  it('are refused where they are too large', async () => {
    const channel = await start()
    put(Buffer.alloc(20 * 1024 * 1024 + 1))
    await expect(channel.file?.('whatsapp-cloud:1000/a.png')).rejects.toThrow(/too large/)
  })
})

describe('what the bot says', () => {
  it('offers three short choices as buttons, ten as a list, and more as numbers', async () => {
    const channel = await start()
    await channel.send(now(), said('c.1.1', text('How?'), choices('a', 'b', 'c')))
    await channel.send(
      now(),
      said('c.2.1', text('How?'), choices('a', 'b', 'c', 'A label that is longer than a title')),
    )
    await channel.send(now(), said('c.3.1', text('How?'), choices(...'abcdefghijk')))
    await channel.send(now(), said('c.4.1', choices('v'.repeat(300))))
    expect(sent()).toMatchObject([
      { interactive: { type: 'button', body: { text: 'How?' } } },
      {
        interactive: {
          type: 'list',
          action: {
            button: '☰',
            sections: [
              {
                rows: [
                  { title: 'a' },
                  {},
                  {},
                  { title: 'A label that is longer …', description: 'A label that is longer than a title' },
                ],
              },
            ],
          },
        },
      },
      { text: { body: expect.stringMatching(/^How\?\n1\. a\n(.*\n)*11\. k$/) } },
      { text: { body: `👇\n1. ${'v'.repeat(300)}` } },
    ])
  })

  it('asks for thumbs by buttons, and knows by reaction, too, which message is rated', async () => {
    const channel = await start()
    await channel.send(now(), said('c.1.1', text('Done.'), { type: 'feedback' }))
    await channel.send(now(), said('c.1.2', text('Bye.')))
    const [first, second] = await graph.seen()
    await graph.press('👎')
    if (second) await graph.rate(second, 1)
    expect(first?.choices).toEqual(['👍', '👎'])
    expect(host.received.map(({ feedback }) => feedback)).toEqual([
      { value: -1, message: 'c.1.1' },
      { value: 1, message: 'c.1.2' },
    ])
  })

  it('shows what can be read of a file that cannot be had, and sends as a document what WhatsApp does not show', async () => {
    const channel = await start()
    vi.spyOn(host, 'file').mockImplementation(async (url) => {
      if (url.startsWith('https:')) throw new ColloquyError('bad_message', 'gone')
      return { name: 'file', type: 'image/webp', bytes: Buffer.from('webp') }
    })
    await channel.send(
      now(),
      said(
        'c.1.1',
        { type: 'image', url: 'https://shop.example/a.png', alt: 'A shoe' },
        { type: 'image', url: PIXEL, alt: '../a/../Another shoe' },
      ),
    )
    expect(sent()).toMatchObject([
      { text: { body: 'A shoe\nhttps://shop.example/a.png' } },
      { type: 'document', document: { filename: 'Another shoe.webp' } },
    ])
  })

  it('does not repeat the first half of a message whose second half failed', async () => {
    const channel = await start()
    const message = said('c.1.1', text('Here it is:'), { type: 'file', url: PIXEL, name: 'a.png' })
    vi.spyOn(host, 'file').mockRejectedValueOnce(new ColloquyError('channel_failed', 'later'))
    await expect(channel.send(now(), message)).rejects.toThrow('later')
    await channel.send(now(), message)
    expect(sent().map(({ type }) => type)).toEqual(['text', 'document'])
  })

  it('waits for as long as the service says', async () => {
    const channel = await start()
    graph.refuse('limit', 1)
    await channel.send(now(), said('c.1.1', text('hi')))
    const [refused, taken] = graph.calls
    expect([refused?.status, taken?.status]).toEqual([429, 200])
    expect((taken?.at ?? 0) - (refused?.at ?? 0)).toBeGreaterThanOrEqual(950)
  })

  it('lets no limit keep it from stopping: the message waits in the engine', async () => {
    const channel = await start()
    graph.refuse('limit', 100)
    const sending = channel.send(now(), said('c.1.1', text('hi')))
    const failed = expect(sending).rejects.toMatchObject({ code: 'channel_failed' })
    await vi.waitFor(() => expect(graph.calls).toHaveLength(1))
    await channel.stop()
    await failed
  })

  it('keeps a message while the token is wrong, and gives it up where it can never be sent', async () => {
    const stale = await start({ token: 'EAAold' })
    await expect(stale.send(now(), said('c.1.1', text('hi')))).rejects.toMatchObject({
      code: 'channel_failed',
      message: expect.stringContaining('The access token is wrong or has expired'),
    })
    await stale.stop()
    const channel = await start()
    const nobody = { ...now(), to: '' }
    await expect(channel.send(nobody, said('c.1.1', text('hi')))).rejects.toMatchObject({ code: 'bad_message' })
  })

  it('is a template where the customer has not written for a day, or a clear error', async () => {
    const late: Json = { ...ADDRESS, at: Date.now() - 25 * 3_600_000 }
    const message = said('c.1.1', text('Your **parcel**\nis here.'))
    const without = await start()
    await expect(without.send(late, message)).rejects.toMatchObject({
      code: 'bad_message',
      hint: expect.stringContaining('template'),
    })
    await without.stop()
    const channel = await start({ template: { name: 'update', language: 'en' } })
    await channel.send(late, message)
    await channel.send(now(), message)
    expect(sent()).toMatchObject([
      {
        template: {
          name: 'update',
          language: { code: 'en' },
          components: [{ type: 'body', parameters: [{ text: 'Your *parcel* is here.' }] }],
        },
      },
      { text: { body: 'Your *parcel*\nis here.' } },
    ])
  })

  it('is marked as read and being answered, and tells where it was not delivered', async () => {
    const channel = await start()
    const id = await graph.write('hello')
    await vi.waitFor(() => expect(graph.sent).toHaveLength(1))
    await channel.typing?.({ ...now(), message: id })
    expect(graph.sent.map(({ payload }) => payload)).toMatchObject([
      { status: 'read', message_id: id },
      { status: 'read', message_id: id, typing_indicator: { type: 'text' } },
    ])
    const failed = {
      id: 'wamid.out1',
      status: 'failed',
      biz_opaque_callback_data: 'c.1.1',
      errors: [{ code: 131047, title: 'Re-engagement message' }],
    }
    await graph.post(envelope({ statuses: [{ id: 'wamid.out0', status: 'delivered' }, failed] }))
    expect(host.warnings.map((line) => JSON.parse(line))).toMatchObject([
      { level: 50, message: 'c.1.1', error: '131047: Re-engagement message' },
    ])
  })
})
