import { type ChannelHost, type IncomingMessage, type Json, type Part, reason } from '@colloquy/core'
import type { Context, webApi } from '@slack/bolt'
import { type Address, conversationOf, isDirect } from './address.js'
import type { Connection } from './connect.js'
import { filledIn, modal, type Values } from './form.js'
import { attachmentsOf, type Message, SAID, THUMBS } from './message.js'
import { decode, mentions } from './mrkdwn.js'
import type { People } from './people.js'
import { renderHome } from './render.js'
import type { Sender } from './send.js'

/** What Bolt gives to its listeners besides the event. */
interface Heard {
  client: webApi.WebClient
  context: Context
}

/** What somebody did with a message or a view of the bot's. */
interface Act {
  user: { id: string }
  channel?: { id: string }
  message?: { ts: string; thread_ts?: string }
  trigger_id?: string
}

/** Hands to the engine what people do in Slack. Nothing is acknowledged here: that is done when a listener has ended. */
export class Ears {
  private assistant: Promise<boolean> | undefined

  constructor(
    private readonly connection: Connection,
    private readonly sender: Sender,
    private readonly people: People,
    private readonly host: ChannelHost,
    private readonly greeting: Part[],
  ) {}

  listen(): void {
    const { app } = this.connection
    // A mention in a channel comes as both, under one timestamp.
    app.message(({ message, ...heard }) => this.message(message as Message, heard))
    app.event('app_mention', ({ event, ...heard }) => this.message(event as Message, heard))
    app.action(/^choice\./, async ({ action, body, ...heard }) => {
      const pressed = action as Pressed
      const { value, text } = pressed.selected_option ?? pressed
      await this.act(body as Act, heard, `choice:${pressed.action_ts}`, { text: text.text, choice: value })
    })
    app.action('rate', async ({ action, body, ...heard }) => {
      const { value, action_ts } = action as Pressed
      const [thumb, message = ''] = value.split(/ (.*)/s)
      await this.act(body as Act, heard, `rate:${action_ts}`, { feedback: { value: Number(thumb), message } })
    })
    app.action('form', async ({ action, body, client, context }) => {
      const { trigger_id = '', ...act } = body as Act
      const view = modal((action as Pressed).value, await this.place(act, { client, context }))
      await client.views.open({ trigger_id, view })
    })
    app.view('form', async ({ view, ...heard }) => {
      const address: Address = JSON.parse(view.private_metadata)
      await this.receive(`view:${view.id}`, address, heard, { fields: filledIn(view.state.values as Values) })
    })
    app.event('reaction_added', async ({ event, ...heard }) => {
      const { channel, ts } = event.item
      const value = THUMBS[event.reaction.split('::')[0] ?? '']
      if (value === undefined || event.item_user !== heard.context.botUserId) return
      const rated = await this.sender.read(heard.client, channel, ts)
      if (!rated) return
      const act = { user: { id: event.user }, channel: { id: channel }, message: { ts, ...rated.in } }
      await this.act(act, heard, `reaction:${event.event_ts}`, { feedback: { value, message: rated.id } })
    })
    app.event('app_home_opened', async ({ event, client, context }) => {
      const { user, channel, tab } = event
      if (this.greeting.length === 0) return
      if (tab === 'home') {
        const view = { type: 'home' as const, blocks: renderHome(this.greeting) }
        await this.tell('the Home tab', client.views.publish({ user_id: user, view }))
      } else await this.tell('a greeting', this.welcome({ team: teamOf(context), channel, user }, client))
    })
    app.event('assistant_thread_started', async ({ event, context }) => {
      const { channel_id: channel, thread_ts: thread, user_id: user } = event.assistant_thread
      this.assistant = Promise.resolve(true)
      await this.host.kept.set('assistant', true)
      // Delivered again, it was greeted before.
      if (context.retryNum) return
      await this.tell('a greeting', this.greet({ team: teamOf(context), channel, thread, user }))
    })
    app.event('app_uninstalled', ({ context }) => this.uninstalled(context))
    app.event('tokens_revoked', async ({ event, context }) => {
      if (event.tokens.bot?.length) await this.uninstalled(context)
    })
  }

  private async message(message: Message, heard: Heard): Promise<void> {
    const { channel, ts, user, subtype, bot_id, thread_ts, text, files = [] } = message
    const { botUserId: bot = '' } = heard.context
    const person = SAID.has(subtype) && bot_id === undefined && user !== bot && user !== 'USLACKBOT'
    if (!person || ![user, channel, ts, text].every((one) => typeof one === 'string')) return
    const team = teamOf(heard.context)
    const mentioned = mentions(text)
    const others = await Promise.all(
      mentioned.map(async (one) => [one, (await this.people.get(team, heard.client, one)).name ?? one] as const),
    )
    const names = new Map(others)
    const direct = isDirect(channel)
    const thread = thread_ts ?? (direct ? undefined : ts)
    const address = { team, channel, ts, user, ...(thread !== undefined && { thread }) }
    await this.receive(ts, address, heard, {
      text: decode(text, bot, (one) => names.get(one) ?? one),
      ...(!direct && !mentioned.includes(bot) && { addressed: false as const }),
      ...(files.length > 0 && { attachments: attachmentsOf(team, files) }),
    })
  }

  /** What somebody pressed, as a message from there. */
  private async act(act: Act, heard: Heard, id: string, said: Partial<IncomingMessage>): Promise<void> {
    await this.receive(id, await this.place(act, heard), heard, said)
  }

  private async place({ user: { id: user }, channel, message }: Act, { client, context }: Heard): Promise<Address> {
    const team = teamOf(context)
    if (!channel || !message) {
      // In the Home tab, which is no conversation.
      const { channel: opened } = await client.conversations.open({ users: user })
      return { team, channel: opened?.id ?? '', user }
    }
    const thread = message.thread_ts ?? (isDirect(channel.id) ? undefined : message.ts)
    return { team, channel: channel.id, ts: message.ts, user, ...(thread !== undefined && { thread }) }
  }

  private async receive(id: string, address: Address, heard: Heard, said: Partial<IncomingMessage>): Promise<void> {
    const { team, user = '' } = address
    const { bot, ...about } = await this.people.get(team, heard.client, user)
    if (bot) return
    this.assistant ??= this.host.kept.get('assistant').then((value) => value === true)
    const conversation = conversationOf(address, await this.assistant)
    const person = `slack:${team}:${user}`
    await this.host.receive({
      id,
      channel: 'slack',
      conversation,
      person,
      text: '',
      address: address as Json,
      ...about,
      ...said,
    })
  }

  /** Greets in a direct channel where nobody has written. */
  private async welcome(address: Address, client: webApi.WebClient): Promise<void> {
    const { messages = [] } = await client.conversations.history({ channel: address.channel, limit: 1 })
    if (messages.length === 0) await this.greet(address)
  }

  private async greet(address: Address): Promise<void> {
    const id = `${conversationOf(address, true)}.greeting`
    if (this.greeting.length > 0) await this.sender.send(address, { id, parts: this.greeting })
  }

  /** Does what nothing is lost without. */
  private async tell(what: string, done: Promise<unknown>): Promise<void> {
    await done.catch((err: unknown) => this.host.log.warn({ err }, `slack: ${what} could not be shown: ${reason(err)}`))
  }

  private async uninstalled(context: Context): Promise<void> {
    const { teamId, enterpriseId, isEnterpriseInstall } = context
    this.host.log.warn({ teamId, enterpriseId }, 'slack: the app was removed from a workspace')
    await this.connection.uninstalled({ teamId, enterpriseId, isEnterpriseInstall })
  }
}

/** A button that was pressed, or a menu from which something was chosen. */
interface Pressed {
  action_ts: string
  value: string
  text: { text: string }
  selected_option?: { value: string; text: { text: string } }
}

function teamOf({ teamId = '', enterpriseId, isEnterpriseInstall }: Context): string {
  return isEnterpriseInstall ? `${enterpriseId}.${teamId}` : teamId
}
