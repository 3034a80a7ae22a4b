import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { slack } from '@colloquy/adapters/slack'
import type { Json } from '@colloquy/core'
import type { Features, Remote, RemoteModule, Seen, Sent, Writing } from './contract/remote.js'
import { BOT, BOT_ID, type Posted, SlackService, type Stored, TEAM, TOKEN, textOf } from './slack-service.js'

export const SECRET = 'the-signing-secret'
export const CUSTOMER = 'DANNA'
export const ROOM = 'CROOM'
export const HAS: Features = {
  edit: true,
  typing: false,
  threads: true,
  room: true,
  bots: true,
  signed: true,
  limits: true,
}

/** What the bot is delivered: an event of the Events API, or an interaction. */
export type Delivery = { kind: 'events_api' | 'interactive'; payload: Record<string, unknown>; tries: number }

/** A workspace with one customer, who writes to the bot directly, and a room; the app hears of it over HTTP. */
export class SlackRemote implements Remote {
  readonly service = new SlackService()
  readonly room: Json = ROOM
  readonly deliveries = new Map<string, Delivery>()
  protected readonly unheard = new Set<string>()
  port = 0

  static async start<R extends SlackRemote>(this: new () => R): Promise<R> {
    const remote = new this()
    await remote.service.listen()
    remote.port = await freePort()
    return remote
  }

  get options(): Json {
    return { apiUrl: this.service.apiUrl, token: TOKEN, signingSecret: SECRET, port: this.port }
  }

  async write(text: string, { name, files = [], bot, where = 'customer', thread }: Writing = {}): Promise<string> {
    const user = where === 'room' ? `U${(name ?? 'Bob').toUpperCase()}` : 'UANNA'
    if (name) this.service.names.set(user, name)
    const channel = where === 'room' ? ROOM : CUSTOMER
    const stored = files.map((file) => this.keep(file))
    const event = {
      user,
      channel,
      channel_type: where === 'room' ? 'channel' : 'im',
      text: text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;'),
      ...(stored.length > 0 && { subtype: 'file_share', files: stored }),
      ...this.threadOf(channel, thread),
    }
    if (bot === 'own') return this.event({ ...event, user: BOT, bot_id: BOT_ID })
    if (bot === 'other') await this.event({ ...event, user: undefined, subtype: 'bot_message', bot_id: 'B2' })
    return this.event(bot === 'other' ? { ...event, user: 'UOTHER', bot_id: 'B2' } : event)
  }

  protected threadOf(_channel: string, thread: string | undefined): { thread_ts?: string } {
    return thread === undefined ? {} : { thread_ts: thread }
  }

  /** Something happens in the workspace; gives its timestamp. */
  async event(event: Record<string, unknown>, team = TEAM): Promise<string> {
    const ts = this.service.ts()
    const { type = 'message' } = event
    const about = { type, ...(type === 'message' || type === 'app_mention' ? { ts } : {}), event_ts: ts, ...event }
    await this.deliver(ts, {
      kind: 'events_api',
      tries: 0,
      payload: {
        type: 'event_callback',
        api_app_id: 'A1',
        team_id: team,
        event_id: `Ev${ts}`,
        authorizations: [
          { team_id: team, enterprise_id: null, user_id: BOT, is_bot: true, is_enterprise_install: false },
        ],
        event: about,
      },
    })
    return ts
  }

  /** Somebody presses something in a message. */
  async interact(payload: Record<string, unknown>, user = 'UANNA'): Promise<string> {
    const ts = this.service.ts()
    const about = {
      team: { id: TEAM },
      user: { id: user, team_id: TEAM },
      api_app_id: 'A1',
      trigger_id: `trigger${ts}`,
    }
    await this.deliver(ts, { kind: 'interactive', tries: 0, payload: { ...about, ...payload } })
    return ts
  }

  async again(id: string): Promise<void> {
    await this.deliver(id, this.deliveries.get(id) as Delivery)
  }

  async redeliver(): Promise<void> {
    for (const id of [...this.unheard]) await this.again(id)
  }

  async press(label: string): Promise<string> {
    for (const message of [...this.service.messages].reverse()) {
      for (const block of message.blocks ?? []) {
        if (block.type !== 'actions') continue
        for (const element of block.elements) {
          if (element.type === 'button' && element.text.text === label) return this.act(message, { ...element })
          const options = element.type === 'static_select' ? (element.options ?? []) : []
          const selected_option = options.find(({ text }) => text.text === label)
          if (selected_option) return this.act(message, { ...element, selected_option })
        }
      }
    }
    throw new Error(`Nothing is called "${label}".`)
  }

  /** The customer does something with an element of a message. */
  async act(message: Posted, element: object): Promise<string> {
    const { channel, ts, thread_ts } = message
    return this.interact({
      type: 'block_actions',
      channel: { id: channel, name: 'directmessage' },
      message: { ts, ...(thread_ts && { thread_ts }), team: TEAM },
      container: { type: 'message', channel_id: channel, message_ts: ts },
      actions: [{ ...element, action_ts: this.service.ts() }],
    })
  }

  async rate({ id }: Seen, value: 1 | -1): Promise<void> {
    const item = { type: 'message', channel: CUSTOMER, ts: id }
    const reaction = value === 1 ? '+1' : '-1::skin-tone-2'
    await this.event({ type: 'reaction_added', user: 'UANNA', reaction, item, item_user: BOT })
  }

  async seen(where: 'customer' | 'room' = 'customer'): Promise<Seen[]> {
    return this.service.messages.filter(({ channel }) => channel === (where === 'room' ? ROOM : CUSTOMER)).map(seenOf)
  }

  typing(): number {
    return this.service.count('assistant.threads.setStatus')
  }

  history(id: string): string[] {
    return this.service.messages.find(({ ts }) => ts === id)?.history ?? []
  }

  async forge(what: 'signature' | 'malformed'): Promise<number | 'closed'> {
    const event = {
      type: 'message',
      channel: CUSTOMER,
      channel_type: 'im',
      user: 'UANNA',
      ts: '1.1',
      text: 'Are you open?',
    }
    const body = JSON.stringify({ type: 'event_callback', team_id: TEAM, event })
    if (what === 'signature') return this.post(body, { secret: 'another-secret' })
    const nonsense = [
      'null',
      '[]',
      '"text"',
      'no JSON',
      `${'[{"a":'.repeat(100_000)}`,
      '{}',
      '{"type":"event_callback"}',
    ]
    const events = [null, 7, [], {}, { type: 'message' }, { type: 'message', channel: 7, ts: {}, user: [], text: 5 }]
    const wrapped = events.map((one) => JSON.stringify({ type: 'event_callback', team_id: TEAM, event: one }))
    const statuses = []
    for (const one of [...nonsense, ...wrapped]) statuses.push(await this.post(one))
    return Math.max(...statuses)
  }

  refuse(how: 'limit' | 'broken', calls: number): void {
    this.service.refuse(how, calls)
  }

  stop(): Promise<void> {
    return this.service.stop()
  }

  /** Posts to the bot as Slack does, and gives the status. */
  async post(body: string, how: { secret?: string; at?: number; type?: string; tries?: number } = {}): Promise<number> {
    const { secret = SECRET, at = Math.floor(Date.now() / 1000), type = 'application/json', tries = 0 } = how
    const answer = await fetch(`http://127.0.0.1:${this.port}/slack/events`, {
      method: 'POST',
      headers: {
        'content-type': type,
        connection: 'close',
        'x-slack-request-timestamp': String(at),
        'x-slack-signature': `v0=${createHmac('sha256', secret).update(`v0:${at}:${body}`).digest('hex')}`,
        ...(tries > 0 && { 'x-slack-retry-num': String(tries), 'x-slack-retry-reason': 'http_timeout' }),
      },
      body,
      // What Slack allows.
      signal: AbortSignal.timeout(3000),
    })
    await answer.arrayBuffer()
    return answer.status
  }

  protected async deliver(id: string, delivery: Delivery): Promise<void> {
    this.deliveries.set(id, delivery)
    this.unheard.add(id)
    await this.hand(delivery)
    delivery.tries++
    this.unheard.delete(id)
  }

  /** Resolves once the bot has acknowledged it. */
  protected async hand({ kind, payload, tries }: Delivery): Promise<void> {
    const json = JSON.stringify(payload)
    const status =
      kind === 'events_api'
        ? await this.post(json, { tries })
        : await this.post(`payload=${encodeURIComponent(json)}`, { type: 'application/x-www-form-urlencoded' })
    if (status !== 200) throw new Error(`The bot answered ${status}.`)
  }

  private keep({ name, type, bytes }: Sent): Omit<Stored, 'bytes'> & { size: number } {
    const id = `F${this.service.files.size + 1}`
    const about = { id, name, title: name, mimetype: type }
    this.service.files.set(id, { ...about, bytes: Buffer.from(bytes) })
    return { ...about, size: bytes.length }
  }
}

function seenOf(message: Posted): Seen {
  const { channel, ts, blocks = [], files = [], username, thread_ts = channel === ROOM ? ts : undefined } = message
  const choices = blocks.flatMap((block) => {
    if (block.type !== 'actions') return []
    return block.elements.flatMap((element) => {
      if (element.type === 'button') return [element.text.text]
      return element.type === 'static_select' ? (element.options ?? []).map(({ text }) => text.text) : []
    })
  })
  const images = files.filter(({ mimetype }) => mimetype.startsWith('image/'))
  const shown = blocks.flatMap((block) => (block.type === 'image' ? [block.alt_text] : []))
  return {
    id: ts,
    text: textOf(message),
    choices,
    images: [...shown, ...images.map(({ alt_txt, title }) => alt_txt ?? title)],
    files: files.filter((one) => !images.includes(one)).map(({ name, bytes }) => ({ name, bytes: bytes.length })),
    ...(username && { by: username }),
    ...(thread_ts && { thread: thread_ts }),
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

export const remote: RemoteModule = {
  place: import.meta.url,
  name: 'Slack over HTTP',
  channel: 'slack',
  longest: 12_000,
  has: HAS,
  start: () => SlackRemote.start(),
  connect: (options) => slack(options as Parameters<typeof slack>[0]),
}
