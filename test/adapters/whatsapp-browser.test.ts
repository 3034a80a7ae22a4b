import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { get } from 'node:http'
import { promisify } from 'node:util'
import { ColloquyError, type OutgoingMessage, type Part } from '@colloquy/core'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { describeInBrowser } from '../browser.js'
import { Host } from './host.js'
import { CUSTOMER, connect, Phone } from './whatsapp-remote.js'

const PATIENCE = { timeout: 25_000, interval: 20 }
const ME = ['15550000001@c.us', '990000001@lid']
const GROUP = '120363000000000001@g.us'

describeInBrowser('on WhatsApp Web', () => {
  let phone: Phone
  let host: Host
  let stop: () => Promise<void>

  beforeEach(async () => {
    phone = await Phone.start()
    host = new Host(() => [])
    stop = async () => {}
  }, 120_000)

  afterEach(async () => {
    await stop()
    await phone.stop()
  }, 120_000)

  async function start(options: Parameters<typeof connect>[1] = {}) {
    const channel = await host.start(connect(phone.folder, options))
    stop = () => channel.stop()
    return channel
  }

  /** A browser's helpers notice in a moment that it has ended. */
  const gone = () => vi.waitFor(async () => expect(await browsers()).toEqual([]), PATIENCE)

  /** Somebody scans the code. */
  function link(): void {
    phone.state = 'CONNECTED'
    phone.tell('linked')
  }

  const address = { chat: CUSTOMER }
  const said = (id: string, ...parts: Part[]): OutgoingMessage => ({ id, parts })
  const text = (body: string): Part => ({ type: 'text', text: body })
  const heard = (body: string) =>
    vi.waitFor(() => expect(host.received.map((one) => one.text)).toContain(body), PATIENCE)
  /** Browsers of this test that still run. */
  const browsers = async () => {
    const { stdout } = await promisify(execFile)('ps', ['-eo', 'pid,args'])
    return stdout.split('\n').filter((line) => line.includes(`--user-data-dir=${phone.folder}`))
  }

  it('shows the code for linking in the terminal and to this machine only, until a phone has scanned it', async () => {
    phone.state = 'UNPAIRED'
    const terminal = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    await start()
    const url = await vi.waitFor(() => {
      const shown = terminal.mock.calls.map(([one]) => String(one)).join('')
      expect(shown).toMatch(/[▀▄█]/)
      return /open (http:\/\/127\.0\.0\.1:\d+\/)/.exec(shown)?.[1] ?? ''
    }, PATIENCE)
    terminal.mockRestore()
    const page = await fetch(url)
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
    const first = await page.text()
    expect(first).toContain('src="data:image/png;base64,')
    phone.tell('ref', 'ANOTHER')
    await vi.waitFor(async () => expect(await (await fetch(url)).text()).not.toBe(first), PATIENCE)
    const [rebound] = await once(get(url, { headers: { host: 'evil.example' } }), 'response')
    expect(rebound.resume().statusCode).toBe(403)
    link()
    await vi.waitFor(() => expect(fetch(url)).rejects.toThrow(), PATIENCE)
    await phone.write('hello')
    await heard('hello')
  }, 120_000)

  it('connects again when its browser dies, loses its session or is taken over, and handles what came in meanwhile once', async () => {
    const channel = await start()
    await phone.write('one')
    await heard('one')
    for (const line of await browsers()) process.kill(Number.parseInt(line, 10), 'SIGKILL')
    await vi.waitFor(() => expect(phone.connected).toBe(false), PATIENCE)
    expect(() => phone.deliver(CUSTOMER, { type: 'chat', body: 'two' })).toThrow()
    await heard('two')
    await channel.send(address, said('c.1.1', text('both are here')))
    phone.tell('state', 'CONFLICT')
    await vi.waitFor(() => expect(phone.pages).toBe(3), PATIENCE)
    await channel.send(address, said('c.2.1', text('still here')))
    expect((await phone.seen()).map((one) => one.text)).toEqual(['both are here', 'still here'])
    expect(host.warnings.join()).toMatch(
      /the connection is lost: the browser has ended.*the connection is lost: CONFLICT/s,
    )
  }, 120_000)

  it('asks for the code again where the phone has unlinked it', async () => {
    const channel = await start()
    // The library stumbles over a page that goes before it is ready, and only starting anew helps then, after two minutes.
    await channel.send(address, said('c.1.1', text('hi')))
    const terminal = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    phone.state = 'UNPAIRED'
    phone.tell('logout')
    await vi.waitFor(() => expect(terminal.mock.calls.join()).toContain('Scan this with WhatsApp'), PATIENCE)
    terminal.mockRestore()
    expect(host.warnings.join()).toContain('the phone has unlinked this device')
    link()
    await phone.write('back again')
    await heard('back again')
  }, 120_000)

  it('leaves no browser behind, also where it is stopped while it starts', async () => {
    const channel = connect(phone.folder)
    const starting = host.start(channel).catch(() => {})
    await new Promise((resolve) => setTimeout(resolve, 300))
    await channel.stop()
    await starting
    await gone()
    await start()
    expect(await browsers()).not.toEqual([])
    await stop()
    await gone()
    await expect(channel.send(address, said('c.1.1', text('hi')))).rejects.toMatchObject({ code: 'channel_failed' })
  }, 120_000)

  it('offers choices as a poll where asked, and as numbers where they do not fit into one', async () => {
    const channel = await start({ choices: 'poll' })
    const choices = (...labels: string[]): Part => ({
      type: 'choices',
      choices: labels.map((label) => ({ label, value: label })),
    })
    await channel.send(address, said('c.1.1', text('How?'), choices('late', 'lost')))
    await channel.send(address, said('c.2.1', text('Sure?'), choices('only')))
    const [poll, numbers] = await phone.seen()
    expect(poll).toMatchObject({ text: 'How?', choices: ['late', 'lost'] })
    expect(numbers).toMatchObject({ text: 'Sure?\n1. only' })
    await phone.press('lost')
    await heard('lost')
    expect(host.received).toMatchObject([{ conversation: `whatsapp:${CUSTOMER}`, text: 'lost' }])
  }, 120_000)

  it('answers a group by quoting who has asked, and knows thumbs from other reactions and its own', async () => {
    const channel = await start()
    const mention = { author: CUSTOMER, mentionedJidList: ['990000001@lid'], body: '@990000001 hello', type: 'chat' }
    await vi.waitFor(() => expect(phone.connected).toBe(true), PATIENCE)
    phone.deliver(GROUP, { ...mention, mentionedJidList: [], body: 'lunch?' })
    const id = phone.deliver(GROUP, mention)
    await heard('hello')
    expect(host.received).toHaveLength(1)
    await channel.send(host.received[0]?.address ?? null, said('c.1.1', text('hi')))
    expect(phone.sent[0]?.message).toMatchObject({ quotedStanzaID: id.split('_')[2], to: { _serialized: GROUP } })
    const [sent] = await phone.seen()
    for (const [reaction, from] of [
      ['🎉', CUSTOMER],
      ['', CUSTOMER],
      ['👍', ME[0]],
      ['👎', CUSTOMER],
    ] as const)
      phone.react(sent?.id ?? '', reaction, from)
    await vi.waitFor(() => expect(host.received).toHaveLength(2), PATIENCE)
    expect(host.received[1]).toMatchObject({
      feedback: { value: -1, message: 'c.1.1' },
      conversation: `whatsapp:${GROUP}:${CUSTOMER}`,
    })
  }, 120_000)

  it('tries a message again until it is stored, and says clearly which file is gone', async () => {
    const channel = await start()
    let failures = 2
    host.before = async () => {
      if (failures-- > 0) throw new ColloquyError('store_unavailable', 'gone')
    }
    await vi.waitFor(() => expect(phone.connected).toBe(true), PATIENCE)
    phone.deliver(CUSTOMER, { type: 'image', directPath: '/gone', mediaKey: 'k', gone: true, mimetype: 'image/png' })
    await vi.waitFor(() => expect(phone.reads).toEqual([CUSTOMER]), PATIENCE)
    expect(host.received).toHaveLength(3)
    const url = host.received[0]?.attachments?.[0]?.url ?? ''
    await expect(channel.file?.(url)).rejects.toMatchObject({
      code: 'bad_message',
      message: expect.stringContaining('no longer'),
    })
    await expect(channel.file?.('whatsapp:true_x_y/../../etc/passwd')).rejects.toMatchObject({ code: 'bad_message' })
  }, 120_000)

  it('shows an answer while it is written, and takes the draft away where the answer is no text', async () => {
    const channel = await start({ stream: true })
    await channel.typing?.(address, 'Once')
    await channel.send(address, said('c.1.1', text('Once upon a time.')))
    await channel.typing?.(address, 'Choose')
    await channel.send(address, said('c.2.1', { type: 'choices', choices: [{ label: 'One', value: '1' }] }))
    expect((await phone.seen()).map((one) => phone.history(one.id))).toEqual([
      ['Once …', 'Once upon a time.'],
      ['👇\n1. One'],
    ])
  }, 120_000)

  it('wraps what the library throws, and takes no text for a contact card', async () => {
    const channel = await start()
    phone.refuse('broken', 1)
    const message = said('c.1.1', text('BEGIN:VCARD\nFN:Eve\nEND:VCARD'))
    await expect(channel.send(address, message)).rejects.toMatchObject({
      code: 'channel_failed',
      message: expect.stringContaining('the service is broken'),
    })
    await channel.send(address, message)
    expect(phone.sent.map(({ message }) => message)).toMatchObject([
      { type: 'chat', body: expect.stringContaining('BEGIN:VCARD') },
    ])
  }, 120_000)
})
