import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer, get, type IncomingMessage } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { type WebOptions, web } from '@colloquy/adapters/web'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Host } from './host.js'
import { Page } from './page.js'

let host: Host
let stops: (() => unknown)[]

beforeEach(() => {
  host = new Host()
  stops = []
})

afterEach(async () => {
  for (const stop of stops.reverse()) await stop()
})

async function serve(options: WebOptions = {}) {
  const channel = await host.start(web({ port: 0, ...options }))
  stops.push(() => channel.stop())
  return channel
}

async function attached(options: WebOptions = {}) {
  const server = createServer((_request, response) => response.end('theirs'))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  stops.push(() => server.close())
  const channel = await serve({ server, ...options })
  return { server, channel, root: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

describe('the site', () => {
  it('serves a page under a policy that allows no inline code or style', async () => {
    const { url } = await serve({ title: `A&B's "<script>"` })
    const response = await fetch(url)
    const policy = response.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("require-trusted-types-for 'script'")
    expect(policy).not.toContain('unsafe')
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    const html = await response.text()
    expect(html).toContain('<title>A&#38;B&#39;s &#34;&#60;script&#62;&#34;</title>')
    expect(html).not.toMatch(/<style|\sstyle=|\son\w+=|<script>/)
  })

  it('serves the script compressed, and only once to who has it', async () => {
    const { url } = await serve()
    const script = new URL('colloquy-chat.js', url)
    const plain = await fetch(script, { headers: { 'accept-encoding': 'identity' } })
    const etag = plain.headers.get('etag') ?? ''
    expect(plain.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
    expect(plain.headers.get('cross-origin-resource-policy')).toBe('cross-origin')
    expect(plain.headers.get('cache-control')).toBe('no-cache')
    const [zipped] = (await once(get(script, { headers: { 'accept-encoding': 'gzip' } }), 'response')) as [
      IncomingMessage,
    ]
    const body = Buffer.concat(await zipped.toArray())
    expect(body.length).toBeLessThan(30 * 1024)
    expect(gunzipSync(body).toString()).toBe(await plain.text())
    const again = await fetch(script, { headers: { 'if-none-match': etag } })
    expect([again.status, await again.text()]).toEqual([304, ''])
  })

  it('tells its health, and refuses what it does not have', async () => {
    const { url } = await serve()
    const health = await fetch(new URL('health', url))
    expect([health.status, await health.json()]).toEqual([200, { status: 'ok' }])
    expect((await fetch(new URL('..%2f..%2fpackage.json', url))).status).toBe(404)
    expect((await fetch(new URL('protocol.js', url))).status).toBe(404)
    expect((await fetch(url, { method: 'POST', body: 'x' })).status).toBe(405)
    const head = await fetch(url, { method: 'HEAD' })
    expect([head.status, await head.text()]).toEqual([200, ''])
  })
})

describe('other sites', () => {
  const connectFrom = (url: string, origin: string, transports = ['websocket']) =>
    new Promise<string>((resolve) => {
      const { socket } = new Page(url)
      socket.disconnect()
      Object.assign(socket.io.opts, { transports, extraHeaders: { origin } })
      socket.on('connect_error', () => resolve('refused'))
      socket.on('welcome', () => resolve('welcome'))
      stops.push(() => socket.disconnect())
      socket.connect()
    })

  it.each([['websocket'], ['polling']])(
    'may not open a conversation over %s unless they are listed',
    async (transport) => {
      const { url } = await serve({ origins: ['https://www.bank.example'] })
      expect(await connectFrom(url, 'https://evil.example', [transport])).toBe('refused')
      expect(host.warnings.join()).toContain('refused a page of another site')
      expect(await connectFrom(url, 'null', [transport])).toBe('refused')
      expect(await connectFrom(url, 'https://www.bank.example', [transport])).toBe('welcome')
      expect(await connectFrom(url, new URL(url).origin, [transport])).toBe('welcome')
    },
  )

  it('may all do so where the options say *', async () => {
    const { url } = await serve({ origins: ['*'] })
    expect(await connectFrom(url, 'https://any.example')).toBe('welcome')
  })
})

describe('on a server of yours', () => {
  it('takes only what is under its path', async () => {
    const { root, channel } = await attached()
    expect(channel.url).toBe(`${root}/colloquy/`)
    const page = new Page(channel.url)
    stops.push(() => page.socket.disconnect())
    expect(await page.say('hello')).toEqual({ ok: true })
    expect(await (await fetch(channel.url)).text()).toContain('<colloquy-chat>')
    expect((await fetch(`${root}/colloquy`, { redirect: 'manual' })).headers.get('location')).toBe('/colloquy/')
    for (const path of ['/', '/health', '/colloquyx', '/socket.io/?EIO=4&transport=polling']) {
      expect(await (await fetch(root + path)).text()).toBe('theirs')
    }
  })

  it('leaves it running, and as it was, when it stops', async () => {
    const { root, channel, server } = await attached({ path: '/help/chat' })
    expect(await (await fetch(`${root}/help/chat/`)).text()).toContain('<colloquy-chat>')
    await channel.stop()
    expect(await (await fetch(`${root}/help/chat/`)).text()).toBe('theirs')
    expect([server.listenerCount('request'), server.listenerCount('upgrade')]).toEqual([1, 0])
  })

  it('closes a web socket that is meant for nobody', async () => {
    const { root } = await attached()
    const socket = connect(Number(new URL(root).port), '127.0.0.1')
    socket.write('GET /other HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
    expect(await text(socket)).toBe('')
  })
})

describe('stop', () => {
  it('does not wait for a client that no longer answers', async () => {
    const channel = await serve()
    const { port } = new URL(channel.url)
    const socket = connect(Number(port), '127.0.0.1')
    stops.push(() => socket.destroy())
    const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n'
    const path = '/socket.io/?EIO=4&transport=websocket'
    socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${key}\r\n`)
    await once(socket, 'data')
    const closed = once(socket, 'close')
    await channel.stop()
    await closed
  })
})

describe('without socket.io', () => {
  it('names the command that installs it', async () => {
    const hook = `export const resolve = (name, context, next) => {
      if (name === 'socket.io') throw Object.assign(new Error('gone'), { code: 'ERR_MODULE_NOT_FOUND' })
      return next(name, context)
    }`
    const script = `import { register } from 'node:module'
      register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(hook)}`)})
      const { web } = await import('@colloquy/adapters/web')
      await web({ port: 0 }).start({}).catch((error) => console.log(error.code, error.message))`
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script])
    expect(stdout).toBe('missing_dependency socket.io is not installed. Run: npm install socket.io\n')
  })
})
