import { randomUUID } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, utimesSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import type { Part } from '@colloquy/core'
import { describe, expect, it, vi } from 'vitest'
import { bearer, folder, host, listen, post, say, serve, upload, url } from './web-http-setup.js'

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
