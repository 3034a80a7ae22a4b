import { slack } from '@colloquy/adapters/slack'
import type { Part } from '@colloquy/core'
import type { types } from '@slack/bolt'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
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
