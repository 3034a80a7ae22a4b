import { createHmac } from 'node:crypto'
import { ColloquyError } from '@colloquy/core'
import { describe, expect, it } from 'vitest'
import { CUSTOMER, graph, hello, host, said, seconds, sent, start, text } from './whatsapp-cloud-setup.js'
import { envelope, SECRET, sign, VERIFY } from './whatsapp-cloud-wire.js'

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
