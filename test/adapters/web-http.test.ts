import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { ColloquyError, type Part } from '@colloquy/core'
import { describe, expect, it, vi } from 'vitest'
import type { Answer } from '../../packages/adapters/dist/web/protocol.js'
import { Page } from './page.js'
import { bearer, host, listen, post, say, serve, slow, stops, texts, url } from './web-http-setup.js'

describe('a conversation without sockets', () => {
  it('begins with a welcome and a history, and each thing that happens comes as an event', async () => {
    await serve({ title: 'Northbank' })
    const { response, heard, next } = await listen({ 'accept-language': 'de-CH,de;q=0.9' })
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    await next(2)
    expect(heard).toMatchObject([
      { event: 'welcome', data: { title: 'Northbank' } },
      { event: 'history', data: [] },
    ])
    const [{ conversation }] = heard.map(({ data }) => data) as [{ conversation: string }]
    expect(await say(conversation, { id: 'm1', text: 'hello' })).toEqual([200, { ok: true }])
    await next(5)
    expect(
      heard
        .slice(2)
        .map(({ event }) => event)
        .sort(),
    ).toEqual(['message', 'message', 'typing'])
    expect(heard.find(({ id }) => id === 'm1')).toMatchObject({ data: { from: 'customer', text: 'hello' } })
    expect(texts(heard)).toContain('You said: hello')
  })

  it('goes on after the last event that was heard', async () => {
    await serve()
    const secret = randomUUID()
    await say(secret, { id: 'm1', text: 'one' })
    await say(secret, { id: 'm2', text: 'two' })
    const all = await listen(bearer(secret))
    await all.next(2)
    const history = all.heard[1]?.data as { id: string }[]
    expect(history).toHaveLength(4)
    expect(all.heard[1]?.id).toBe(history[3]?.id)
    const missed = await listen({ ...bearer(secret), 'last-event-id': history[1]?.id ?? '' })
    await missed.next(3)
    expect(missed.heard.map(({ event }) => event)).not.toContain('history')
    const ids = missed.heard.flatMap(({ id }) => (id ? [id] : []))
    expect(ids).toEqual(expect.arrayContaining(['m2', history[3]?.id]))
    expect(ids).not.toContain(history[1]?.id)
    const strange = await listen({ ...bearer(secret), 'last-event-id': 'nothing of ours' })
    await strange.next(2)
    expect(strange.heard[1]).toMatchObject({ event: 'history' })
  })

  it('is the same conversation as over sockets', async () => {
    await serve()
    const page = new Page(url)
    stops.push(() => page.socket.disconnect())
    const { conversation = '' } = await page.welcome
    await page.history
    expect(await say(conversation, { id: 'm1', text: 'by post' })).toEqual([200, { ok: true }])
    expect((await page.heard(2)).map(({ from }) => from).sort()).toEqual(['bot', 'customer'])
  })

  it('acknowledges, refuses and asks for patience as sockets do, with a status that says so', async () => {
    await serve({ rate: 4 })
    const secret = randomUUID()
    expect(await say(secret, { id: 'a b', text: 'hello' })).toMatchObject([400, { ok: false, retry: false }])
    host.before = async () => {
      throw new ColloquyError('store_unavailable', 'The disk at /secret/path is full.')
    }
    const late = { ok: false, error: 'Something went wrong on our side.', retry: true }
    expect(await say(secret, { id: 'm1', text: 'hello' })).toEqual([503, late])
    host.before = async () => {}
    for (const id of ['m1', 'm1']) expect(await say(secret, { id, text: 'hello' })).toEqual([200, { ok: true }])
    const response = await post('messages', '{}', bearer(secret))
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '5'])
  })

  it.each<[string, string, Record<string, string>, number]>([
    ['without a secret', '{"id":"1","text":"hello"}', { authorization: '' }, 401],
    ['with another kind of secret', '{"id":"1","text":"hello"}', { authorization: 'Basic YTpi' }, 401],
    ['that is no JSON', '{"id":', {}, 400],
    ['that is a list', '[]', {}, 400],
    ['nested 100,000 deep', `{"id":"1","text":"a","fields":${'['.repeat(100_000)}`, {}, 400],
    ['of 300 KB', `{"id":"1","text":"${'x'.repeat(300_000)}"}`, {}, 413],
    ['from a page of another site', '{"id":"1","text":"hello"}', { origin: 'https://evil.example' }, 403],
  ])('refuses a message %s', async (_name, body, headers, status) => {
    await serve()
    const response = await post('messages', body, { ...bearer(randomUUID()), ...headers })
    expect([response.status, ((await response.json()) as Answer).ok]).toEqual([status, false])
    expect(host.received).toEqual([])
    expect(await say(randomUUID(), { id: '1', text: 'still there?' })).toEqual([200, { ok: true }])
  })

  it('lets pages of listed sites in, and tells browsers so', async () => {
    await serve({ origins: ['https://www.bank.example'] })
    const ask = { method: 'OPTIONS', headers: { origin: 'https://www.bank.example' } }
    const response = await fetch(`${url}messages`, ask)
    expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([204, ask.headers.origin])
    expect(response.headers.get('access-control-allow-headers')).toContain('authorization')
    const evil = await fetch(`${url}messages`, { ...ask, headers: { origin: 'https://evil.example' } })
    expect(evil.headers.get('access-control-allow-origin')).toBeNull()
    expect((await fetch(`${url}messages`)).status).toBe(405)
  })

  it('ends its streams when it stops', async () => {
    const channel = await serve()
    const response = await fetch(`${url}events`)
    await channel.stop()
    expect(await response.text().catch(() => 'cut')).toMatch(/welcome|cut/)
  })
})

describe('slow clients', () => {
  it('cuts a page that no longer reads, before what waits for it takes up memory', async () => {
    const channel = await serve()
    const page = new Page(url)
    stops.push(() => page.socket.disconnect())
    const { conversation = '' } = await page.welcome
    await page.say('hello')
    const other = new Page(url)
    stops.push(() => other.socket.disconnect())
    await other.history
    const { address } = host.received[0] ?? {}
    // It stays connected, and takes nothing from its socket.
    const { ws } = page.socket.io.engine.transport as never as { ws: { _socket?: { pause(): void }; pause?(): void } }
    ws.pause?.()
    ws._socket?.pause()
    const parts: Part[] = [{ type: 'text', text: 'x'.repeat(10_000) }]
    await vi.waitFor(async () => {
      for (let n = 0; n < 100; n++) await channel.send(address ?? null, { id: randomUUID(), parts })
      expect(host.warnings.join()).toContain('does not read')
    }, 20_000)
    expect(process.memoryUsage().arrayBuffers).toBeLessThan(64 * 1024 * 1024)
    expect(host.warnings.join()).not.toContain(conversation)
    expect(await other.say('still there?')).toEqual({ ok: true })
  })

  it('cuts a stream that no longer reads', async () => {
    const channel = await serve()
    const { port } = new URL(url)
    const secret = randomUUID()
    await say(secret, { id: 'm1', text: 'hello' })
    const socket = connect(Number(port), '127.0.0.1')
    socket.write(`GET /events HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${secret}\r\n\r\n`)
    await once(socket, 'data')
    socket.pause()
    const closed = once(socket, 'close')
    const { address } = host.received[0] ?? {}
    const parts: Part[] = [{ type: 'text', text: 'x'.repeat(10_000) }]
    // The system's own buffers take some megabytes before the server notices.
    for (let n = 0; n < 3000; n++) await channel.send(address ?? null, { id: `${n}`, parts })
    socket.on('error', () => {}).resume()
    await closed
    expect(socket.bytesRead).toBeLessThan(3000 * 10_000)
  })

  it('shows an answer that is being written a few times a second, and its end at once', async () => {
    const channel = await serve()
    const page = new Page(url)
    stops.push(() => page.socket.disconnect())
    await page.say('hello')
    const { address } = host.received[0] ?? {}
    const shown: string[] = []
    page.socket.on('typing', (soFar) => shown.push(soFar))
    const words = Array.from({ length: 500 }, (_, n) => 'word '.repeat(n + 1))
    for (const soFar of words) await channel.typing?.(address ?? null, soFar)
    await channel.send(address ?? null, { id: 'whole', parts: [{ type: 'text', text: words.at(-1) ?? '' }] })
    await vi.waitFor(() => expect(page.messages.some(({ id }) => id === 'whole')).toBe(true), 10_000)
    await page.emit('nothing')
    expect(shown.length).toBeLessThan(20)
  })
})

describe('forms and thumbs', () => {
  it('hands on what was typed into a form', async () => {
    await serve()
    const fields = { order: ' 123456\u0000', reason: 'late' }
    expect(await say(randomUUID(), { id: 'm1', text: '', fields })).toEqual([200, { ok: true }])
    expect(host.received).toMatchObject([{ text: '', fields: { order: '123456', reason: 'late' } }])
  })

  it.each([
    ['a list', ['x']],
    ['numbers', { order: 1 }],
    ['too much', { order: 'x'.repeat(4001) }],
    ['no fields', {}],
  ])('refuses a form of %s', async (_name, fields) => {
    await serve()
    expect(await say(randomUUID(), { id: 'm1', text: '', fields })).toMatchObject([400, { ok: false }])
  })

  it('hands on a thumb, shows it in the history, and to nobody as a message', async () => {
    await serve()
    const secret = randomUUID()
    await say(secret, { id: 'm1', text: 'hello' })
    const bot = host.events.find(({ type }) => type === 'bot')
    const message = bot?.type === 'bot' ? bot.message.id : ''
    expect(await say(secret, { id: 'r1', feedback: { value: -1, message } })).toEqual([200, { ok: true }])
    expect(host.received[1]).toMatchObject({ text: '', feedback: { value: -1, message } })
    const { heard, next } = await listen(bearer(secret))
    await next(2)
    expect((heard as { data: unknown[] }[])[1]?.data.slice(0, 2)).toMatchObject([
      { id: 'm1' },
      { id: message, rated: -1 },
    ])
  })

  it.each([{ value: 5, message: 'b1' }, { value: 1 }, { value: '1', message: 'b1' }, 1, null])(
    'refuses %j as a thumb',
    async (feedback) => {
      await serve()
      expect(await say(randomUUID(), { id: 'r1', feedback })).toMatchObject([400, { ok: false }])
    },
  )
})

describe('the server', () => {
  it('does not wait for ever for the head of a request', async () => {
    expect(await slow).toContain('408')
  }, 40_000)

  it('refuses a head of 20 KB', async () => {
    await serve()
    const response = await fetch(url, { headers: { cookie: 'x'.repeat(20_000) } })
    expect(response.status).toBe(431)
  })
})
