import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync } from 'node:fs'
import { request } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { type WebOptions, web } from '@colloquy/adapters/web'
import { ColloquyError, type Part } from '@colloquy/core'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Answer, Uploaded } from '../../packages/adapters/dist/web/protocol.js'
import { Host } from './host.js'
import { Page } from './page.js'

let host: Host
let folder: string
let stops: (() => unknown)[]
let url: string

beforeEach(() => {
  host = new Host()
  folder = mkdtempSync(join(tmpdir(), 'colloquy-files-'))
  stops = [() => rmSync(folder, { recursive: true, force: true })]
})

afterEach(async () => {
  for (const stop of stops.reverse()) await stop()
})

async function serve(options: WebOptions = {}) {
  const channel = await host.start(web({ port: 0, uploads: { folder }, ...options }))
  stops.push(() => channel.stop())
  url = channel.url
  return channel
}

function post(what: string, body: string | Blob, headers: Record<string, string>): Promise<Response> {
  return fetch(url + what, { method: 'POST', body, headers })
}

function bearer(secret: string): { authorization: string } {
  return { authorization: `Bearer ${secret}` }
}

async function say(secret: string, draft: object): Promise<[number, Answer]> {
  const response = await post('messages', JSON.stringify(draft), bearer(secret))
  return [response.status, (await response.json()) as Answer]
}

async function upload(secret: string, name: string, type: string, bytes: string): Promise<Uploaded> {
  const response = await post(`uploads?name=${encodeURIComponent(name)}`, new Blob([bytes], { type }), bearer(secret))
  expect(response.status).toBe(201)
  return (await response.json()) as Uploaded
}

/** What somebody hears who never ends the head of a request; it takes as long as all tests before. */
let slow: Promise<string>

beforeAll(async () => {
  const channel = await new Host().start(web({ port: 0, uploads: false }))
  const socket = connect(Number(new URL(channel.url).port), '127.0.0.1')
  socket.write('GET / HTTP/1.1\r\nHost: a\r\n')
  slow = text(socket).finally(() => channel.stop())
})

/** The events of a stream, as far as they have come. */
async function listen(headers: Record<string, string> = {}) {
  const response = await fetch(`${url}events`, { headers })
  const heard: { event: string; data: unknown; id: string | undefined }[] = []
  const read = async () => {
    let rest = ''
    for await (const chunk of Readable.fromWeb(response.body as never).setEncoding('utf8')) {
      const blocks = (rest + chunk).split('\n\n')
      rest = blocks.pop() ?? ''
      for (const block of blocks) {
        const [, event = ''] = /^event: (.*)$/m.exec(block) ?? []
        const [, data = 'null'] = /^data: (.*)$/m.exec(block) ?? []
        if (event) heard.push({ event, data: JSON.parse(data), id: /^id: (.*)$/m.exec(block)?.[1] })
      }
    }
  }
  void read().catch(() => {})
  const next = (count: number) => vi.waitFor(() => expect(heard.length).toBeGreaterThanOrEqual(count), 10_000)
  return { response, heard, next }
}

const texts = (parts: unknown) => JSON.stringify(parts)

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

describe('files', () => {
  it('go to the engine by an id, and come back to those who take part', async () => {
    const channel = await serve()
    const secret = randomUUID()
    const { id, ...file } = await upload(secret, 'Grüße 1.png', 'image/png', 'a photo')
    expect(file).toMatchObject({ name: 'Grüße 1.png', type: 'image/png', size: 7 })
    expect(await say(secret, { id: 'm1', text: '', uploads: [id] })).toEqual([200, { ok: true }])
    const [attachment] = host.received[0]?.attachments ?? []
    expect(attachment).toMatchObject({ name: 'Grüße 1.png', type: 'image/png', size: 7 })
    expect(attachment?.url).not.toContain(secret)
    const read = await channel.file?.(attachment?.url ?? '')
    expect(Buffer.from(read?.bytes ?? []).toString()).toBe('a photo')
    const response = await fetch(new URL(file.url, url))
    expect(await response.text()).toBe('a photo')
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'image/png',
      'content-disposition': `inline; filename*=UTF-8''Gr%C3%BC%C3%9Fe%201.png`,
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
    })
  })

  it('of a kind that could run are saved and not shown', async () => {
    await serve({ uploads: { folder, types: ['text/html', 'image/svg+xml'] } })
    for (const type of ['text/html', 'image/svg+xml']) {
      const file = await upload(randomUUID(), 'x', type, '<script>alert(1)</script>')
      const response = await fetch(new URL(file.url, url))
      expect(response.headers.get('content-type')).toBe('application/octet-stream')
      expect(response.headers.get('content-disposition')).toMatch(/^attachment/)
    }
  })

  it('have names that lead nowhere', async () => {
    await serve()
    const names = [
      '../../etc/passwd',
      '..\\..\\boot.ini',
      '/etc/shadow',
      'a\u0000b\r\nSet-Cookie: x=1.png',
      '.',
      '..',
      '',
    ]
    for (const name of names) {
      const secret = randomUUID()
      const file = await upload(secret, name, 'text/plain', 'x')
      expect(file.name).not.toMatch(/[/\\\p{Cc}]|^\.|^$/u)
      expect((await fetch(new URL(file.url, url))).status).toBe(200)
    }
    for (const owner of readdirSync(folder)) {
      expect(owner).toMatch(/^[\w-]{22}$/)
      for (const file of readdirSync(join(folder, owner))) expect(file).toMatch(/^[\w-]{22}(\.json)?$/)
    }
  })

  it.each<[string, string, Blob, number, string]>([
    ['larger than the limit', 'x', new Blob(['x'.repeat(2000)], { type: 'text/plain' }), 400, 'too large'],
    ['of a type that is not taken', 'x.html', new Blob(['x'], { type: 'text/html' }), 400, 'kind'],
    ['of no type', 'x', new Blob(['x']), 400, 'kind'],
  ])('%s are refused', async (_name, name, body, status, why) => {
    await serve({ uploads: { folder, limit: 1000 } })
    const response = await post(`uploads?name=${name}`, body, bearer(randomUUID()))
    expect([response.status, await response.json()]).toMatchObject([
      status,
      { ok: false, error: expect.stringContaining(why) },
    ])
    expect(readdirSync(folder).flatMap((owner) => readdirSync(join(folder, owner)))).toEqual([])
  })

  it('that say they are small and are not, or break off, leave nothing behind', async () => {
    await serve({ uploads: { folder, limit: 1000 } })
    const headers = { ...bearer(randomUUID()), 'content-type': 'text/plain' }
    for (const bytes of [100_000, 10]) {
      const sent = request(`${url}uploads?name=x`, {
        method: 'POST',
        headers: { ...headers, 'transfer-encoding': 'chunked' },
      })
      const gone = new Promise((resolve) => sent.on('close', resolve))
      sent.on('error', () => {}).write('x'.repeat(bytes))
      if (bytes < 1000) setTimeout(() => sent.destroy(), 20)
      await gone
    }
    await vi.waitFor(() => {
      expect(readdirSync(folder).flatMap((owner) => readdirSync(join(folder, owner)))).toEqual([])
    }, 10_000)
    expect(await say(randomUUID(), { id: '1', text: 'still there?' })).toEqual([200, { ok: true }])
  })

  it('are not taken without a conversation, nor where the channel takes none', async () => {
    await serve({ uploads: false })
    const body = new Blob(['x'], { type: 'text/plain' })
    expect((await post('uploads?name=x', body, {})).status).toBe(401)
    expect((await post('uploads?name=x', body, bearer(randomUUID()))).status).toBe(400)
  })

  it.each<[string, (id: string) => unknown]>([
    ['somebody else’s', (id) => [id]],
    ['a path', () => ['../../../../etc/passwd']],
    ['another path', (id) => [`../${id}`]],
    ['an address of the network inside', () => ['http://169.254.169.254/latest/meta-data/']],
    ['one that is not there', () => ['A'.repeat(22)]],
  ])('named by %s id are refused', async (_name, ids) => {
    await serve()
    const { id } = await upload(randomUUID(), 'x.txt', 'text/plain', 'x')
    const said = await say(randomUUID(), { id: 'm1', text: 'look', uploads: ids(id) })
    expect(said).toMatchObject([400, { ok: false, retry: false }])
    expect(host.received).toEqual([])
  })

  it.each([
    ['six of them', Array.from({ length: 6 }, () => 'A'.repeat(22))],
    ['a text', 'A'.repeat(22)],
    ['numbers', [1]],
  ])('cannot be %s', async (_name, uploads) => {
    await serve()
    expect(await say(randomUUID(), { id: 'm1', text: 'look', uploads })).toMatchObject([400, { ok: false }])
  })

  it('are never fetched from an address that a page names', async () => {
    await serve()
    const inside = { name: 'x', type: 'image/png', url: 'http://169.254.169.254/latest/meta-data/' }
    expect(
      (await say(randomUUID(), { id: 'm1', text: 'look', attachments: [inside], address: { room: 'x' } }))[0],
    ).toBe(200)
    expect(host.received[0]).not.toHaveProperty('attachments')
    expect(host.received[0]?.address).not.toEqual({ room: 'x' })
  })

  it('of other channels are handed on by an address that nobody can make', async () => {
    host.file = async (at) => ({ name: 'label.png', type: 'image/png', bytes: Buffer.from(`the file at ${at}`) })
    const channel = await serve()
    const secret = randomUUID()
    const { heard, next } = await listen(bearer(secret))
    await say(secret, { id: 'm1', text: 'hello' })
    const parts: Part[] = [
      { type: 'image', url: 'slack:F1', alt: 'A label' },
      { type: 'file', url: 'https://bank.example/terms.pdf', name: 'terms.pdf' },
      { type: 'card', title: 'Shoes', image: 'slack:F2' },
      { type: 'image', url: 'data:image/png;base64,AAAA', alt: 'A dot' },
    ]
    await channel.send(host.received[0]?.address ?? null, { id: 'b1', parts })
    await next(6)
    const shown = heard.find(({ id }) => id === 'b1')?.data as { parts: { url: string; image: string }[] }
    expect(shown.parts[1]?.url).toBe('https://bank.example/terms.pdf')
    expect(shown.parts[3]?.url).toBe('data:image/png;base64,AAAA')
    const label = shown.parts[0]?.url ?? ''
    expect(await (await fetch(new URL(label, url))).text()).toBe('the file at slack:F1')
    expect(await (await fetch(new URL(shown.parts[2]?.image ?? '', url))).text()).toBe('the file at slack:F2')

    const forged = Buffer.from(JSON.stringify({ url: 'http://127.0.0.1/', until: Date.now() + 1e9 })).toString(
      'base64url',
    )
    const [, signature = ''] = label.split(/[./]/).slice(1)
    const links = [
      `files/${forged}.${signature}/x`,
      `files/${forged}/x`,
      'files/',
      'files/../../x',
      `${label.slice(0, 40)}/x`,
    ]
    for (const link of links) expect((await fetch(new URL(link, url))).status, link).toBeGreaterThanOrEqual(400)
  })

  it('are forgotten with the person who sent them, and when they are too old', async () => {
    const channel = await serve()
    const [anna, otto] = [randomUUID(), randomUUID()]
    for (const secret of [anna, otto]) {
      const { id } = await upload(secret, 'x.txt', 'text/plain', secret)
      await say(secret, { id: 'm1', text: 'look', uploads: [id] })
    }
    const kept = () =>
      readdirSync(folder).flatMap((owner) => readdirSync(join(folder, owner)).map((file) => join(folder, owner, file)))
    expect(kept()).toHaveLength(4)
    await channel.forget?.([host.received[0]?.person ?? '', 'web:../..', 'slack:U1'])
    expect(kept()).toHaveLength(2)
    expect(kept().some((file) => readFileSync(file, 'utf8') === otto)).toBe(true)
    for (const file of kept()) utimesSync(file, new Date(0), new Date(0))
    await channel.stop()
    await serve()
    expect(existsSync(folder)).toBe(true)
    expect(readdirSync(folder)).toEqual([])
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
