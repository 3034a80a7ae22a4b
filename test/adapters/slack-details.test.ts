import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { slack } from '@colloquy/adapters/slack'
import type { Part, Store } from '@colloquy/core'
import { sqlite } from '@colloquy/core/store/sqlite'
import type { types } from '@slack/bolt'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { shopBot } from './contract/shop.js'
import { Host } from './host.js'
import { CUSTOMER, ROOM, SlackRemote } from './slack-remote.js'
import { type Block, BOT, TEAM, textOf } from './slack-service.js'
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

const blocks = () => remote.service.messages.flatMap((message) => message.blocks ?? [])
const elements = () => blocks().flatMap((block) => (block.type === 'actions' ? block.elements : []))
const called = (method: string) => remote.service.calls.filter((call) => call.method === method)

it('answers a mention in a channel once, in its thread, and hears it without the mention', async () => {
  const { received } = await start(new Host())
  const event = { user: 'UANNA', channel: ROOM, ts: '1700000001.000100', text: `<@${BOT}> where is it?` }
  await Promise.all([
    remote.event({ ...event, channel_type: 'channel' }),
    remote.event({ ...event, type: 'app_mention' }),
  ])
  expect(received).toHaveLength(2)
  expect(received[0]).toEqual(received[1])
  expect(received[0]).toMatchObject({ text: 'where is it?', name: 'Anna', locale: 'en-US' })
  expect(received[0]).not.toHaveProperty('addressed')
  expect(await remote.seen('room')).toMatchObject([{ text: 'You said: where is it?', thread: '1700000001.000100' }])
})

it('hears no bot, not even one that seems to be a person', async () => {
  const { received } = await start(new Host())
  const bots = { users: ['UBOT2'] }
  const known = remote.service.methods
  known['users.info'] = ({ user = '' }) => ({ user: { id: user, name: user, is_bot: bots.users.includes(user) } })
  const event = { channel: ROOM, channel_type: 'channel', text: `<@${BOT}> hi` }
  for (const from of [
    { user: 'UBOT2' },
    { user: 'USLACKBOT' },
    { user: BOT },
    { user: 'UX', bot_id: 'B2' },
    { user: 'UX', subtype: 'bot_message' },
    { user: 'UX', subtype: 'message_changed' },
  ])
    await remote.event({ ...event, ...from })
  expect(received).toEqual([])
  await remote.event({ ...event, user: 'UPERSON' })
  expect(received).toHaveLength(1)
})

it('tells the engine what people say to each other', async () => {
  const { received } = await start(new Host(silent))
  await remote.write('Lunch?', { where: 'room' })
  expect(received).toMatchObject([{ text: 'Lunch?', addressed: false }])
})

it('reads what Slack makes of names, links and signs', async () => {
  const { received } = await start(new Host(silent))
  remote.service.names.set('UBEN', 'Ben')
  const written =
    'Ask <@UBEN> in <#C1|general> or <!here>: <http://shop.example|shop.example>, <https://x.example/a?b=1&amp;c=2|this>, ' +
    '<mailto:a@b.example|a@b.example> &lt;3 &amp;amp;'
  await remote.event({ user: 'UANNA', channel: CUSTOMER, channel_type: 'im', text: written })
  expect(received[0]?.text).toBe(
    'Ask @Ben in #general or @here: shop.example, this (https://x.example/a?b=1&c=2), a@b.example <3 &amp;',
  )
})

it('makes a menu of more choices than fit a row, and takes what is chosen there', async () => {
  const choices = Array.from({ length: 120 }, (_, n) => ({ label: `Branch ${n}`, value: `b${n}` }))
  const { received } = await start(new Host(({ text }) => (text ? [[{ type: 'choices', choices }]] : [])))
  await remote.write('Which branches?')
  expect(elements().map((one) => one.type === 'static_select' && one.options?.length)).toEqual([100, 20])
  await remote.press('Branch 119')
  expect(received.at(-1)).toMatchObject({
    text: 'Branch 119',
    choice: 'b119',
    conversation: `slack:${TEAM}:${CUSTOMER}`,
  })
})

it('writes out labels that Slack would cut off', async () => {
  const label = `Because ${'the parcel was late, '.repeat(5)}again`
  await start(new Host(() => [[{ type: 'choices', choices: [{ label, value: 'late' }] }]]))
  await remote.write('Why?')
  expect(remote.service.messages.map(textOf)).toEqual([`- ${label}`])
})

it('opens a form in a window, and gives back what was filled in', async () => {
  const form: Part = {
    type: 'form',
    title: 'Refund an order, whatever was wrong',
    fields: [
      { name: 'order', label: 'Order number' },
      { name: 'why', label: 'Why', optional: true, choices: [{ label: 'It came late', value: 'late' }] },
    ],
  }
  const { received } = await start(new Host(({ fields }) => (fields ? [] : [[...text('What is the number?'), form]])))
  await remote.write('refund')
  await remote.press('Refund an order, whatever was wrong')
  const view: types.ModalView = JSON.parse(called('views.open')[0]?.args.view ?? '{}')
  expect(view.title.text.length).toBeLessThanOrEqual(24)
  expect(view.blocks).toMatchObject([
    { block_id: 'order', optional: false, element: { type: 'plain_text_input' } },
    { block_id: 'why', optional: true, element: { type: 'static_select', options: [{ value: 'late' }] } },
  ])
  const values = { order: { value: { value: '123456' } }, why: { value: { selected_option: { value: 'late' } } } }
  await remote.interact({ type: 'view_submission', view: { ...view, id: 'V1', state: { values } } })
  expect(received.at(-1)).toMatchObject({ fields: { order: '123456', why: 'late' }, address: { channel: CUSTOMER } })
})

it('takes thumbs from buttons and from reactions, for the message and the conversation that they are about', async () => {
  const host = await start(new Host(({ feedback }) => (feedback ? [] : [[...text('Done.'), { type: 'feedback' }]])))
  const root = await remote.event({ user: 'UANNA', channel: ROOM, channel_type: 'channel', text: `<@${BOT}> go` })
  const [message] = remote.service.messages
  const id = host.events.find(({ type }) => type === 'bot')?.id
  const [block] = blocks().filter(({ type }) => type === 'context_actions')
  const [thumbs] = (block as types.ContextActionsBlock).elements as [types.FeedbackButtons]
  await remote.act(message as NonNullable<typeof message>, { ...thumbs, value: thumbs.negative_button.value })
  const item = { type: 'message', channel: ROOM, ts: message?.ts }
  await remote.event({ type: 'reaction_added', user: 'UBEN', reaction: '+1', item, item_user: BOT })
  await remote.event({ type: 'reaction_added', user: 'UBEN', reaction: 'wave', item, item_user: BOT })
  await remote.event({ type: 'reaction_added', user: 'UBEN', reaction: '+1', item, item_user: 'UELSE' })
  const conversation = `slack:${TEAM}:${ROOM}:${root}`
  expect(host.received.slice(1)).toMatchObject([
    { conversation, person: `slack:${TEAM}:UANNA`, feedback: { value: -1, message: id } },
    { conversation, person: `slack:${TEAM}:UBEN`, feedback: { value: 1, message: id } },
  ])
})

it('greets in the Home tab, and once in an empty conversation', async () => {
  const greeting: Part[] = [
    { type: 'text', text: '**Hello!** See [our terms](https://shop.example) & <!channel>' },
    { type: 'choices', choices: [{ label: 'Track', value: 'track' }] },
  ]
  const { received } = await start(new Host(silent), { greeting })
  const opened = { type: 'app_home_opened', user: 'UANNA', channel: CUSTOMER }
  await remote.event({ ...opened, tab: 'home' })
  const { blocks: home }: { blocks: Block[] } = JSON.parse(called('views.publish')[0]?.args.view ?? '{}')
  expect(home).toMatchObject([
    { text: { text: '*Hello!* See <https://shop.example|our terms> &amp; &lt;\u2060!channel&gt;' } },
    { type: 'actions' },
  ])
  for (let times = 0; times < 2; times++) await remote.event({ ...opened, tab: 'messages' })
  expect((await remote.seen()).map(({ choices }) => choices)).toEqual([['Track']])
  const [action] = (home[1] as types.ActionsBlock).elements
  await remote.interact({ type: 'block_actions', view: { id: 'V' }, actions: [{ ...action, action_ts: '1.1' }] })
  expect(received).toMatchObject([{ choice: 'track', address: { channel: 'DUANNA' } }])
})

it('keeps the chats with an assistant apart, greets in each, and answers there', async () => {
  const chats = await SlackSocketRemote.start()
  const host = new Host()
  channel = await host.start(slack({ ...(chats.options as Options), greeting: 'Hello!' }))
  await chats.write('one')
  await chats.write('two', { thread: '1700000009.000100' })
  const seen = await vi.waitFor(async () => {
    const all = await chats.seen()
    expect(all).toHaveLength(3)
    return all
  })
  expect(seen.map(({ text, thread }) => [text, thread])).toEqual([
    ['Hello!', '1700000000.000100'],
    ['You said: one', '1700000000.000100'],
    ['You said: two', '1700000009.000100'],
  ])
  const conversation = `slack:${TEAM}:${CUSTOMER}`
  expect(host.received.map((one) => one.conversation)).toEqual([
    `${conversation}:1700000000.000100`,
    `${conversation}:1700000009.000100`,
  ])
  await channel?.stop()
  await chats.stop()
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
