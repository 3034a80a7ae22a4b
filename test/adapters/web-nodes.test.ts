import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { web } from '@colloquy/adapters/web'
import { plainText } from '@colloquy/core'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import type { CustomerEntry, Uploaded } from '../../packages/adapters/dist/web/protocol.js'
import { against } from '../core/store/against.js'
import { redisDatabase } from '../core/store/servers.js'
import { Host } from './host.js'
import { Page } from './page.js'

const PATIENCE = { timeout: 20_000, interval: 20 }
const NODE = fileURLToPath(new URL('web-node.ts', import.meta.url))

interface Node {
  url: string
  child: ChildProcess
}

/** What the bot has said to a page, in order. */
function said(page: Page): string[] {
  return page.messages.flatMap((entry) => (entry.from === 'bot' ? [plainText(entry.parts)] : []))
}

/** Goes on at another node, as a proxy does with a page whose connection is lost. */
function move(page: Page, url: string): void {
  Object.assign(page.socket.io, { uri: new URL(url).origin })
}

async function end({ child }: Node, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill(signal)
  await once(child, 'exit')
}

await against('Redis', 'REDIS_URL', redisDatabase, (database) => {
  const folder = mkdtempSync(join(tmpdir(), 'colloquy-nodes-'))
  const pages: Page[] = []
  let one: Node
  let other: Node

  async function start(): Promise<Node> {
    const given = ['--import', 'tsx', NODE, database.url, database.prefix, folder]
    const child = spawn(process.execPath, given, { stdio: ['ignore', 'pipe', 'inherit'] })
    for await (const url of createInterface({ input: child.stdout as NodeJS.ReadableStream })) return { url, child }
    throw new Error('The node did not start.')
  }

  async function open(url: string, conversation?: string): Promise<{ page: Page; secret: string }> {
    const page = new Page(url, conversation === undefined ? {} : { conversation })
    pages.push(page)
    page.socket.io.reconnection(true).reconnectionDelay(20).reconnectionDelayMax(100)
    await page.history
    const secret = (await page.welcome).conversation as string
    page.socket.auth = { conversation: secret }
    return { page, secret }
  }

  beforeAll(async () => {
    ;[one, other] = await Promise.all([start(), start()])
  }, 60_000)

  afterAll(async () => {
    for (const { socket } of pages) socket.disconnect()
    await Promise.all([end(one, 'SIGTERM'), end(other, 'SIGTERM')])
    rmSync(folder, { recursive: true, force: true })
  }, 60_000)

  it('tells a page that moves to another node what was said meanwhile, once', async () => {
    const { page, secret } = await open(one.url)
    const { page: phone } = await open(other.url, secret)
    expect(await page.say('Are you open?')).toEqual({ ok: true })
    await vi.waitFor(() => expect(said(page)).toEqual(['We are *open* until nine.']), PATIENCE)
    await vi.waitFor(() => expect(said(phone)).toEqual(['We are *open* until nine.']), PATIENCE)

    const lost = once(page.socket as never, 'disconnect')
    move(page, other.url)
    page.socket.io.reconnection(false)
    page.socket.io.engine.close()
    await lost
    expect(await phone.say('Where is it?', { id: 'm2' })).toEqual({ ok: true })
    await vi.waitFor(() => expect(said(phone)).toHaveLength(2), PATIENCE)
    page.socket.connect()
    await vi.waitFor(() => expect(said(page)).toEqual(['We are *open* until nine.', 'It arrives on Friday.']), PATIENCE)
    expect(page.socket.recovered).toBe(true)
    expect(page.messages.filter(({ from }) => from === 'customer')).toMatchObject([{ id: 'm2', text: 'Where is it?' }])
    expect(await page.say('Are you open?')).toEqual({ ok: true })
    await vi.waitFor(() => expect(said(phone)).toHaveLength(3), PATIENCE)
    await vi.waitFor(() => expect(said(page)).toHaveLength(3), PATIENCE)
  })

  it('gives a page that has signed in as somebody else nothing of what went on before', async () => {
    const { page, secret } = await open(one.url)
    await page.say('Are you open?')
    await vi.waitFor(() => expect(said(page)).toHaveLength(1), PATIENCE)
    const lost = once(page.socket as never, 'disconnect')
    page.socket.io.reconnection(false)
    page.socket.io.engine.close()
    await lost
    page.socket.auth = { conversation: crypto.randomUUID() }
    const history = once(page.socket as never, 'history')
    page.socket.connect()
    expect(await history).toEqual([[]])
    const { page: phone } = await open(one.url, secret)
    await phone.say('Where is it?')
    await vi.waitFor(() => expect(said(phone)).toHaveLength(1), PATIENCE)
    expect(said(page)).toHaveLength(1)
  })

  it('keeps a file that came to one node for pages of all, and those who listen without sockets hear of it', async () => {
    const { page, secret } = await open(one.url)
    const headers = { authorization: `Bearer ${secret}` }
    const events = await fetch(`${other.url}events`, { headers })
    const heard = (events.body as ReadableStream<Uint8Array>).getReader()
    const body = new Blob(['a photo'], { type: 'image/png' })
    const sent = await fetch(`${one.url}uploads?name=me.png`, { method: 'POST', headers, body })
    const { id } = (await sent.json()) as Uploaded
    await page.say('', { uploads: [id] })
    let text = ''
    while (!text.includes('me.png')) text += new TextDecoder().decode((await heard.read()).value)
    await heard.cancel()
    const { page: phone } = await open(other.url, secret)
    const [entry] = (await phone.history) as CustomerEntry[]
    for (const { url } of [one, other]) {
      const file = await fetch(new URL(entry?.files?.[0]?.url ?? '', url))
      expect([file.status, file.headers.get('content-type'), await file.text()]).toEqual([200, 'image/png', 'a photo'])
    }
  })

  it('loses nothing when the node that a page is on is killed', async () => {
    const { page } = await open(one.url)
    await page.say('A refund for order 123456, please.')
    await vi.waitFor(() => expect(said(page)).toHaveLength(1), PATIENCE)
    move(page, other.url)
    const history = once(page.socket as never, 'history')
    await end(one, 'SIGKILL')
    const [entries] = await history
    expect(entries).toMatchObject([{ from: 'customer' }, { from: 'bot' }])
    expect(await page.say('late')).toEqual({ ok: true })
    await vi.waitFor(() => expect(said(page).at(-1)).toContain('Refund order 123456?'), PATIENCE)
  })
})

it('says so where the nodes cannot reach Redis', async () => {
  await expect(web({ port: 0, redis: 'redis://127.0.0.1:1' }).start(new Host())).rejects.toMatchObject({
    code: 'channel_failed',
    message: expect.stringMatching(/cannot reach Redis: .*Is it running/),
  })
})
