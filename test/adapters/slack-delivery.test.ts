import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { slack } from '@colloquy/adapters/slack'
import { ColloquyError, type Part, type Store } from '@colloquy/core'
import { sqlite } from '@colloquy/core/store/sqlite'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { shopBot } from './contract/shop.js'
import { Host } from './host.js'
import { CUSTOMER, ROOM, SlackRemote } from './slack-remote.js'
import { TEAM } from './slack-service.js'
import { SlackSocketRemote } from './slack-socket-remote.js'

type Options = NonNullable<Parameters<typeof slack>[0]>
const text = (said: string): Part[] => [{ type: 'text', text: said }]
const silent = () => []

let remote: SlackRemote
let channel: ReturnType<typeof slack> | undefined

beforeEach(async () => {
  remote = await SlackRemote.start()
})
afterEach(async () => {
  await channel?.stop()
  channel = undefined
  await remote.stop()
})

async function start(host: Host, options: Options = {}): Promise<Host> {
  channel = slack({ ...(remote.options as Options), ...options })
  await host.start(channel)
  return host
}

const called = (method: string) => remote.service.calls.filter((call) => call.method === method)

it.each([
  ['over HTTP', SlackRemote],
  ['by Socket Mode', SlackSocketRemote],
])('%s, acknowledges what is durable, and what can never be handled, and nothing else', async (_, Service) => {
  const service = await Service.start()
  const host = new Host(silent)
  channel = await host.start(slack(service.options as Options))
  try {
    let durable = false
    host.before = async () => {
      await setTimeout(50)
      durable = true
    }
    await service.write('one')
    expect(durable).toBe(true)
    host.before = () => Promise.reject(new ColloquyError('store_unavailable', 'The store is away.'))
    await expect(service.write('two')).rejects.toThrow()
    host.before = () => Promise.reject(new ColloquyError('bad_message', 'Nobody can read that.'))
    await service.redeliver()
    expect(host.warnings.join()).toContain('Nobody can read that.')
  } finally {
    await channel.stop()
    channel = undefined
    await service.stop()
  }
})

it('says in the text who speaks, where the app may not take another name', async () => {
  remote.service.scopes = 'chat:write'
  await start(new Host())
  const address = { team: TEAM, channel: CUSTOMER }
  await channel?.send(address, { id: 'c.1.1', speaker: 'Mia', parts: text('Poor cat.') })
  expect((await remote.seen()).map((one) => [one.by, one.text])).toEqual([[undefined, '**Mia:**\nPoor cat.']])
})

it('posts nothing twice that another process has posted before it died', async () => {
  await start(new Host())
  const message = {
    id: 'slack:T1:D1.3.1',
    again: true as const,
    parts: [...text('x'.repeat(11_990)), ...text('and more '.repeat(10))],
  }
  await channel?.send({ team: TEAM, channel: CUSTOMER, ts: '1.1' }, message)
  await channel?.stop()
  remote.service.messages.pop()
  await start(new Host())
  await channel?.send({ team: TEAM, channel: CUSTOMER, ts: '1.1' }, message)
  expect((await remote.seen()).map((one) => one.text.length)).toEqual([11_990, 90])
})

it('says once what a process has said that died before it could note it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'colloquy-slack-'))
  const database = join(folder, 'bot.db')
  const bot = (store: Store, now = Date.now) => shopBot({ store, now, channels: [slack(remote.options as Options)] })
  const dying = bot(Object.assign(sqlite(database), { settle: () => Promise.reject(new Error('died')) }))
  await dying.start()
  await remote.write('Are you open?')
  await vi.waitFor(async () => expect(await remote.seen()).toHaveLength(1))
  await dying.stop()
  const store = sqlite(database)
  const settled = vi.spyOn(store, 'settle')
  const next = bot(store, () => Date.now() + 60_000)
  await next.start()
  await vi.waitFor(() => expect(settled).toHaveBeenCalled(), { timeout: 20_000 })
  expect(await remote.seen()).toHaveLength(1)
  expect(called('conversations.history')).toHaveLength(1)
  await next.stop()
  rmSync(folder, { recursive: true, force: true })
})

it('streams an answer in a thread, and goes on in another way where Slack does not', async () => {
  await start(new Host())
  const address = { team: TEAM, channel: ROOM, thread: '1700000001.000100', user: 'UANNA' }
  const told = async (id: string) => {
    await channel?.typing?.(address, 'Once upon')
    // The pace of the pieces.
    await vi.waitFor(async () => {
      await channel?.typing?.(address, 'Once upon a <!channel> time')
      expect(remote.service.messages.at(-1)?.history.length).toBeGreaterThan(1)
    }, 20_000)
    await channel?.send(address, { id, parts: text('Once upon a time, and they lived.') })
    return remote.service.messages.at(-1)?.history
  }
  const whole = ['Once upon', 'Once upon a <\u2060!channel> time', 'Once upon a time, and they lived.']
  expect(await told('c.1.1')).toEqual(whole)
  expect(called('chat.startStream')[0]?.args).toMatchObject({ recipient_team_id: TEAM, recipient_user_id: 'UANNA' })
  expect([called('chat.appendStream').length, called('chat.stopStream').length]).toEqual([1, 1])
  remote.service.methods['chat.startStream'] = () => {
    throw new Error('method_not_supported_for_channel_type')
  }
  expect(await told('c.1.2')).toEqual(whole)
  expect(await remote.seen('room')).toHaveLength(2)
})

it('says everything in words where Slack does not take the blocks', async () => {
  await start(new Host())
  const known = remote.service.methods
  let refused = 0
  const post = (remote.service as unknown as { known: typeof known }).known[
    'chat.postMessage'
  ] as (typeof known)[string]
  known['chat.postMessage'] = (args) => {
    if (args.blocks === undefined || refused++ > 0) return post(args)
    throw new Error('invalid_blocks')
  }
  const image: Part = { type: 'image', url: 'https://shop.example/gone.png', alt: 'A map' }
  await channel?.send({ team: TEAM, channel: CUSTOMER }, { id: 'c.1.1', parts: [...text('Here:'), image] })
  expect((await remote.seen()).map((one) => one.text)).toEqual(['Here:\nA map https://shop.example/gone.png'])
})

it('gives up what Slack never takes, and keeps what it may take later', async () => {
  await start(new Host())
  const send = () => channel?.send({ team: TEAM, channel: 'C9' }, { id: 'c.1.1', parts: text('Hello') })
  const failing = (error: string) => {
    remote.service.methods['chat.postMessage'] = () => {
      throw new Error(error)
    }
  }
  failing('channel_not_found')
  await expect(send()).rejects.toMatchObject({ code: 'bad_message' })
  failing('missing_scope')
  await expect(send()).rejects.not.toMatchObject({ code: 'bad_message' })
})

it('joins a server of yours, and leaves everything else on it alone', async () => {
  const server = createServer((_request, response) => response.end('mine'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  remote.port = (server.address() as AddressInfo).port
  const { received } = await start(new Host(silent), { server })
  await remote.write('hello')
  expect(received).toHaveLength(1)
  const at = (path: string) => fetch(`http://127.0.0.1:${remote.port}${path}`)
  expect(await (await at('/')).text()).toBe('mine')
  expect((await at('/slack/elsewhere')).status).toBe(404)
  await channel?.stop()
  channel = undefined
  expect(await (await at('/slack/events')).text()).toBe('mine')
  server.close()
})

it('says what is missing before it starts', async () => {
  const refused = (options: Options) => expect(new Host().start(slack(options))).rejects
  await refused({ apiUrl: remote.service.apiUrl, appToken: 'xapp-1' }).toThrow('SLACK_BOT_TOKEN')
  await refused({ apiUrl: remote.service.apiUrl, token: 'xoxb-1' }).toThrow('SLACK_APP_TOKEN')
  remote.service.methods['auth.test'] = () => {
    throw new Error('invalid_auth')
  }
  await refused(remote.options as Options).toThrow(/invalid_auth.*OAuth & Permissions/)
})
