import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { slack } from '@colloquy/adapters/slack'
import { type OutgoingMessage, safeName } from '@colloquy/core'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Host } from './host.js'
import { CUSTOMER, ROOM, SECRET, SlackRemote } from './slack-remote.js'
import { TEAM, TOKEN, textOf } from './slack-service.js'

type Options = NonNullable<Parameters<typeof slack>[0]>
const EVENT = {
  type: 'message',
  channel: CUSTOMER,
  channel_type: 'im',
  user: 'UANNA',
  ts: '1.1',
  text: 'my PIN is 4711',
}
const BODY = JSON.stringify({ type: 'event_callback', team_id: TEAM, event: EVENT })

let remote: SlackRemote
let host: Host
let channel: ReturnType<typeof slack>

beforeEach(async () => {
  remote = await SlackRemote.start()
  host = new Host(() => [])
  channel = await host.start(slack(remote.options as Options))
})
afterEach(async () => {
  await channel.stop()
  await remote.stop()
})

/** Something was logged, and none of what nobody should read. */
function logged(): void {
  expect(host.warnings.length).toBeGreaterThan(0)
  for (const secret of [SECRET, TOKEN, '4711']) expect(host.warnings.join('\n')).not.toContain(secret)
}

it('refuses what is signed with another secret, and what is not signed', async () => {
  expect(await remote.post(BODY, { secret: 'guessed' })).toBe(401)
  const unsigned = await fetch(`http://127.0.0.1:${remote.port}/slack/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: BODY,
  })
  expect(unsigned.status).toBe(401)
  const smuggled = `ssl_check=1&payload=${encodeURIComponent(BODY)}`
  await remote.post(smuggled, { secret: 'guessed', type: 'application/x-www-form-urlencoded' })
  expect(host.received).toEqual([])
  logged()
})

it('refuses a request that was recorded and is played back later', async () => {
  expect(await remote.post(BODY, { at: Math.floor(Date.now() / 1000) - 301 })).toBe(401)
  expect(host.received).toEqual([])
  logged()
})

it('refuses what comes from a workspace that the token is not of', async () => {
  await remote.event(EVENT, 'T2')
  await remote.interact({
    type: 'block_actions',
    team: { id: 'T2' },
    actions: [{ type: 'button', action_id: 'choice.0.0' }],
  })
  expect(host.received).toEqual([])
  logged()
})

it('refuses what is too long or nests too deep', async () => {
  expect(await remote.post(JSON.stringify({ ...JSON.parse(BODY), pad: 'x'.repeat(2 ** 21) })).catch(() => 413)).toBe(
    413,
  )
  const deep = `{"type":"event_callback","event":${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}}`
  expect(await remote.post(deep)).toBe(400)
  const form = { type: 'application/x-www-form-urlencoded' }
  expect(await remote.post(`payload=${encodeURIComponent(deep)}`, form)).toBe(400)
  expect(host.received).toEqual([])
  logged()
})

const HOSTILE = [
  'Hi <!channel> <!here|here> <!subteam^S1> <@UANNA> <#CROOM>',
  '<https://evil.example|https://bank.example>',
  '[https://bank.example](https://evil.example/login)',
  '`<!everyone>`',
].join('\n')

it('lets nothing that a person wrote ping anybody, or pass for another address', async () => {
  const parts: OutgoingMessage['parts'] = [
    { type: 'text', text: HOSTILE },
    { type: 'list', items: [HOSTILE] },
    { type: 'card', title: HOSTILE, text: HOSTILE, choices: [{ label: HOSTILE, value: HOSTILE.slice(0, 100) }] },
    { type: 'image', url: 'https://shop.example/a.png', alt: HOSTILE },
  ]
  await channel.send({ team: TEAM, channel: CUSTOMER }, { id: 'c.1.1', speaker: HOSTILE, parts })
  await channel.typing?.({ team: TEAM, channel: CUSTOMER }, HOSTILE)
  await channel.openThread?.(ROOM, { id: 'c.1.2', parts })
  const { messages } = remote.service
  expect(messages.length).toBeGreaterThanOrEqual(3)
  for (const message of messages) {
    for (const shown of [textOf(message), message.text]) {
      expect(shown).not.toMatch(/<[!@#]/)
      expect(shown).not.toMatch(/<https:[^>]*\|https:/)
      expect(shown).not.toContain('](https://evil.example')
      expect(shown).toContain('evil.example')
    }
  }
  // What takes no mark-up cannot be read as any.
  const marked = remote.service.calls
    .flatMap(({ args }) => Object.values(args))
    .join('\n')
    .matchAll(/"type":"mrkdwn"/g)
  expect([...marked]).toEqual([])
  expect(remote.service.calls.filter(({ args }) => args.link_names === 'true')).toEqual([])
})

it('takes no path from the name of a file', async () => {
  const bytes = new TextEncoder().encode('root')
  const names = ['../../etc/passwd', '..\\..\\boot.ini', '\u202egnp.exe']
  await remote.write('', { files: names.map((name) => ({ name, type: 'image/png', bytes })) })
  const taken = host.received[0]?.attachments?.map(({ name }) => name)
  expect(taken).toEqual(['passwd', 'boot.ini', 'gnp.exe'])
  expect(taken).toEqual(names.map(safeName))
})

it('reads files from Slack alone, and gives its token to nobody else', async () => {
  const asked = vi.fn()
  const trap = createServer((request, response) => {
    asked(request.headers)
    response.end('gotcha')
  })
  await new Promise<void>((resolve) => trap.listen(0, '127.0.0.1', resolve))
  const { port } = trap.address() as AddressInfo
  const { files, base } = remote.service
  const file = { name: 'a', title: 'a', mimetype: 'text/plain', bytes: Buffer.from('a') }
  const urls = [
    `http://127.0.0.1:${port}/`,
    `http://${new URL(base).host}@127.0.0.1:${port}/`,
    'http://169.254.169.254/latest/meta-data/',
    'file:///etc/passwd',
    'https://files.slack.com.evil.example/',
    'nonsense',
  ]
  for (const [n, url] of urls.entries()) {
    files.set(`F9${n}`, { ...file, id: `F9${n}`, url })
    await expect(channel.file?.(`slack:${TEAM}:F9${n}`)).rejects.toMatchObject({ code: 'bad_message' })
  }
  expect(asked).not.toHaveBeenCalled()
  await expect(channel.file?.('slack:T2:F90')).rejects.toMatchObject({ code: 'bad_message' })
  await expect(channel.file?.('slack:')).rejects.toMatchObject({ code: 'bad_message' })
  trap.close()
})

it('does not take the login page for a file, where the app may not read files', async () => {
  remote.service.scopes = 'chat:write'
  const bytes = Buffer.from('a')
  remote.service.files.set('F1', { id: 'F1', name: 'a.txt', title: 'a.txt', mimetype: 'text/plain', bytes })
  await expect(channel.file?.(`slack:${TEAM}:F1`)).rejects.toThrow('files:read')
})
