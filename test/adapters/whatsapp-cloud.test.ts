import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ColloquyError, type Json } from '@colloquy/core'
import { describe, expect, it, vi } from 'vitest'
import { PIXEL } from './contract/shop.js'
import { ADDRESS, choices, graph, host, now, said, sent, start, stops, text } from './whatsapp-cloud-setup.js'
import { envelope, NUMBER } from './whatsapp-cloud-wire.js'

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
