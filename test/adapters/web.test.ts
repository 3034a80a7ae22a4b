import { type WebOptions, web } from '@colloquy/adapters/web'
import { ColloquyError, type IncomingMessage } from '@colloquy/core'
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

async function serve(options: WebOptions = {}, on = host) {
  const channel = await on.start(web({ port: 0, ...options }))
  stops.push(() => channel.stop())
  return channel
}

function open(url: string, auth = {}): Page {
  const page = new Page(url, auth)
  stops.push(() => page.socket.disconnect())
  return page
}

/** Holds the next message back until it is let go. */
function gate() {
  let release = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  const entered = new Promise<IncomingMessage>((resolve) => {
    host.before = async (message) => {
      resolve(message)
      await held
    }
  })
  return { entered, release }
}

describe('a conversation over the socket', () => {
  it('begins with a welcome, a secret and an empty history', async () => {
    const { url } = await serve({ title: 'Northbank', greeting: 'Hello!' })
    const page = open(url)
    expect(await page.welcome).toMatchObject({ title: 'Northbank', greeting: [{ type: 'text', text: 'Hello!' }] })
    expect((await page.welcome).conversation).toMatch(/^[0-9a-f-]{36}$/)
    expect(await page.history).toEqual([])
  })

  it('hands a message to the engine and brings its answer', async () => {
    const { url } = await serve()
    const page = open(url, { locale: 'de-ch' })
    expect(await page.say('Where is my card?', { id: 'm1', choice: 'where' })).toEqual({ ok: true })
    expect(host.received).toMatchObject([
      { id: 'm1', channel: 'web', text: 'Where is my card?', choice: 'where', locale: 'de-CH' },
    ])
    expect(await page.heard(1)).toMatchObject([
      { from: 'bot', parts: [{ type: 'text', text: 'You said: Where is my card?' }] },
    ])
  })

  it('acknowledges a message only when the engine holds it', async () => {
    const { entered, release } = gate()
    const { url } = await serve()
    let acknowledged = false
    const answer = open(url)
      .say('hello')
      .finally(() => {
        acknowledged = true
      })
    await entered
    // A second page's whole round trip later, the first one still waits.
    expect(await open(url).emit('nothing')).toMatchObject({ ok: false })
    expect(acknowledged).toBe(false)
    release()
    expect(await answer).toEqual({ ok: true })
  })

  it('keeps the order of messages that are sent at once', async () => {
    const { url } = await serve()
    const page = open(url)
    const texts = Array.from({ length: 15 }, (_, i) => `message ${i}`)
    await Promise.all(texts.map((text) => page.say(text)))
    expect(host.received.map(({ text }) => text)).toEqual(texts)
  })

  it('gives a message that comes twice the same id, so that it counts once', async () => {
    const { url } = await serve()
    const page = open(url)
    expect(await page.say('pay 5', { id: 'same' })).toEqual({ ok: true })
    expect(await page.say('pay 5', { id: 'same' })).toEqual({ ok: true })
    expect(host.received.map(({ id }) => id)).toEqual(['same', 'same'])
    expect(host.events.filter(({ type }) => type === 'customer')).toHaveLength(1)
  })

  it('tells a page that comes back what was said, also after the server was replaced', async () => {
    const first = await serve()
    const page = open(first.url)
    const { conversation } = await page.welcome
    await page.say('hello', { id: 'm1' })
    await first.stop()
    const { url } = await serve()
    const again = open(url, { conversation })
    expect((await again.welcome).conversation).toBe(conversation)
    expect(await again.history).toMatchObject([
      { from: 'customer', id: 'm1', text: 'hello' },
      { from: 'bot', parts: [{ type: 'text', text: 'You said: hello' }] },
    ])
  })

  it('shows two tabs of one conversation the same', async () => {
    const { url } = await serve()
    const one = open(url)
    const { conversation } = await one.welcome
    const two = open(url, { conversation })
    const stranger = open(url)
    await Promise.all([two.history, stranger.history])
    await one.say('hello', { id: 'm1' })
    expect((await two.heard(2)).map(({ from }) => from).sort()).toEqual(['bot', 'customer'])
    expect((await one.heard(1)).map(({ from }) => from)).toEqual(['bot'])
    await stranger.emit('nothing')
    expect(stranger.messages).toEqual([])
  })

  it('shows that an answer is on its way', async () => {
    const { url } = await serve()
    const page = open(url)
    const typing = new Promise<void>((resolve) => page.socket.on('typing', resolve))
    await page.say('hello')
    await typing
  })

  it('keeps the secret of a conversation out of the engine and the logs', async () => {
    const { url } = await serve()
    const page = open(url)
    const { conversation } = await page.welcome
    await page.say('hello')
    await page.emit('nothing')
    expect(JSON.stringify([host.received, host.events, host.warnings])).not.toContain(conversation)
  })

  it.each([
    ['an empty string', ''],
    ['a path', '../etc'],
    ['a number', 7],
    ['null', null],
    ['an object', {}],
    ['36 other characters', 'g'.repeat(36)],
    ['100,000 characters', 'a'.repeat(100_000)],
  ])('replaces %s, which is no secret, by a fresh one', async (_name, conversation) => {
    const { url } = await serve()
    expect((await open(url, { conversation, locale: 'not a locale' }).welcome).conversation).toMatch(/^[0-9a-f-]{36}$/)
  })
})

describe('bad input', () => {
  const long = 'x'.repeat(4001)
  it.each([
    ['nothing', undefined, 'must be an object'],
    ['null', null, 'must be an object'],
    ['a string', 'hello', 'must be an object'],
    ['a list', [], 'must be an object'],
    ['no id', { text: 'hello' }, 'needs an id'],
    ['an id with spaces', { id: 'a b', text: 'hello' }, 'needs an id'],
    ['a long id', { id: 'a'.repeat(65), text: 'hello' }, 'needs an id'],
    ['no text', { id: '1' }, 'must be a string'],
    ['a number for a text', { id: '1', text: 5 }, 'must be a string'],
    ['bytes for a text', { id: '1', text: Buffer.from('hello') }, 'must be a string'],
    ['an object for a choice', { id: '1', text: 'hello', choice: {} }, 'must be a string'],
    ['an empty text', { id: '1', text: '' }, 'is empty'],
    ['blanks and control characters', { id: '1', text: ' \n\t\u0000\u001b\u009f ' }, 'is empty'],
    ['4,001 characters', { id: '1', text: long }, 'too long: 4001 characters. The limit is 4000.'],
    ['a long choice', { id: '1', text: 'hello', choice: long }, 'too long'],
    ['1 MB', { id: '1', text: 'x'.repeat(1024 * 1024) }, 'too long: 1048576 characters'],
  ])('refuses %s with an answer, for good', async (_name, payload, error) => {
    const { url } = await serve()
    const page = open(url)
    expect(await page.emit('message', payload)).toEqual({
      ok: false,
      error: expect.stringContaining(error),
      retry: false,
    })
    expect(host.received).toEqual([])
    expect(await page.say('still there?')).toEqual({ ok: true })
  })

  it('takes control characters and half surrogate pairs out of a text', async () => {
    const { url } = await serve()
    await open(url).say(' a\u0000b\u001b[31mc\r\nd\te\ud800f \u{1f600} ', { choice: 'v\u0007' })
    expect(host.received).toMatchObject([{ text: 'ab[31mc\nd\tef \u{1f600}', choice: 'v' }])
  })

  it.each(['nothing', 'error', '__proto__', 'history', 'typing'])('ignores the event %s and says so', async (event) => {
    const { url } = await serve()
    const page = open(url)
    expect(await page.emit(event, { a: 1 })).toMatchObject({ ok: false, retry: false })
    expect(host.warnings.join()).toContain('unknown event ignored')
    expect(await page.say('still there?')).toEqual({ ok: true })
  })

  it('closes only the connection that sends more than a packet may hold', async () => {
    const { url } = await serve()
    const [page, other] = [open(url), open(url)]
    await Promise.all([page.history, other.history])
    const gone = new Promise((resolve) => page.socket.on('disconnect', resolve))
    page.socket.emit('message', { id: '1', text: 'x'.repeat(5 * 1024 * 1024) })
    await gone
    expect(await other.say('still there?')).toEqual({ ok: true })
    expect(host.received).toHaveLength(1)
  })

  it('answers the 21st message of a burst without handing it on', async () => {
    const { url } = await serve()
    const page = open(url)
    const answers = await Promise.all(Array.from({ length: 21 }, (_, i) => page.say(`${i}`)))
    expect(answers.slice(0, 20).every(({ ok }) => ok)).toBe(true)
    expect(answers[20]).toMatchObject({ ok: false, error: expect.stringContaining('Too many'), retry: true })
    expect(host.received).toHaveLength(20)
  })

  it('lets a message be sent again where the engine failed, and not where it refused', async () => {
    const { url } = await serve()
    const page = open(url)
    host.before = async () => {
      throw new ColloquyError('store_unavailable', 'The disk at /secret/path is full.')
    }
    expect(await page.say('hello')).toEqual({ ok: false, error: 'Something went wrong on our side.', retry: true })
    host.before = async () => {
      throw new ColloquyError('bad_message', 'No.')
    }
    expect(await page.say('hello')).toMatchObject({ ok: false, retry: false })
  })

  it('drops the connection of a page whose history cannot be read, so that it comes back', async () => {
    const { url } = await serve()
    host.history = async () => {
      throw new ColloquyError('store_unavailable', 'No.')
    }
    const page = open(url)
    expect(await new Promise((resolve) => page.socket.on('disconnect', resolve))).toBe('transport close')
  })
})

describe('start and stop', () => {
  it('says that a port is in use and what to do', async () => {
    const { url } = await serve()
    const port = Number(new URL(url).port)
    await expect(web({ port }).start(host)).rejects.toMatchObject({
      code: 'channel_failed',
      message: `Port ${port} is in use. Stop the program that uses it, or choose another: { port: ${port + 1} }.`,
    })
  })

  it('says that it cannot listen on a host that is not this machine', async () => {
    await expect(web({ port: 0, host: '203.0.113.1' }).start(host)).rejects.toMatchObject({
      code: 'channel_failed',
      message: expect.stringContaining('Cannot listen on 203.0.113.1:0'),
    })
  })

  it('finishes the message at hand when it stops, and leaves the next one to be sent again', async () => {
    const { entered, release } = gate()
    const channel = await serve()
    const page = open(channel.url)
    const gone = new Promise((resolve) => page.socket.on('disconnect', resolve))
    const first = page.say('first')
    await entered
    const stopped = channel.stop()
    const second = page.say('second')
    second.catch(() => {})
    release()
    expect(await first).toEqual({ ok: true })
    await stopped
    expect(await gone).toBe('transport close')
    await expect(second).rejects.toThrow('disconnected')
    expect(host.received.map(({ text }) => text)).toEqual(['first'])
  })

  it('refuses to send when it does not run', async () => {
    const channel = web()
    expect(channel.url).toBe('')
    await channel.stop()
    await expect(channel.send({ room: 'a' }, { id: '1', parts: [] })).rejects.toMatchObject({ code: 'channel_failed' })
  })
})
