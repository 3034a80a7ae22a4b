import { type Attachment, type ChannelHost, type IncomingMessage, type Json, type Part, safeName } from '@colloquy/core'
import type { AllMiddlewareArgs, BlockAction, BlockButtonAction, BlockStaticSelectAction, types } from '@slack/bolt'
import type { Connection } from '../bolt/connect.js'
import { Profiles } from '../profiles.js'
import { filledIn, modal } from './form.js'
import { decode, mentions } from './mrkdwn.js'
import { renderHome } from './render.js'
import { type Address, placeOf, type Sender } from './send.js'

/** What people say: any other subtype tells what has become of an older message, or is a bot's. */
const SAID = new Set<unknown>([undefined, 'file_share', 'me_message', 'thread_broadcast'])
/** Reactions that are ratings. */
const THUMBS: Record<string, number> = { '+1': 1, thumbsup: 1, '-1': -1, thumbsdown: -1 }

type Heard = Pick<AllMiddlewareArgs, 'client' | 'context'>
type Message = types.GenericMessageEvent
type Said = Partial<IncomingMessage>
/** What somebody did with a message of the bot's, or in the Home tab. */
type Act = Pick<BlockAction, 'channel' | 'message'> & { user: { id: string } }

/** Hands to the engine what people do in Slack. Nothing is acknowledged here: that is done when a listener has ended. */
export class Ears {
  readonly people = new Profiles<{ name?: string; locale?: string; bot: boolean }>()

  constructor(
    { app, uninstalled }: Connection,
    private readonly sender: Sender,
    private readonly host: ChannelHost,
    private readonly greeting: Part[],
  ) {
    // A mention in a channel comes as both, under one timestamp.
    app.message(({ message, ...heard }) => this.message(message as Message, heard))
    app.event('app_mention', ({ event, ...heard }) => this.message(event as unknown as Message, heard))
    app.action<BlockStaticSelectAction | BlockButtonAction>(/^choice\./, ({ action, body, ...heard }) => {
      const { value, text } = action.type === 'button' ? action : action.selected_option
      return this.act(body, heard, `choice:${action.action_ts}`, { text: text.text, choice: value ?? '' })
    })
    app.action<BlockButtonAction>('rate', ({ action, body, ...heard }) => {
      const [thumb, message = ''] = (action.value ?? '').split(/ (.*)/s)
      return this.act(body, heard, `rate:${action.action_ts}`, { feedback: { value: Number(thumb), message } })
    })
    app.action<BlockButtonAction>('form', async ({ action, body, ...heard }) => {
      const view = modal(action.value ?? '', JSON.stringify(await this.whereIs(body, heard)))
      await heard.client.views.open({ trigger_id: body.trigger_id, view })
    })
    app.view('form', ({ view, ...heard }) =>
      this.receive(`view:${view.id}`, JSON.parse(view.private_metadata), heard, {
        fields: filledIn(view.state.values),
      }),
    )
    app.event('reaction_added', async ({ event, ...heard }) => {
      const { channel, ts } = event.item
      const value = THUMBS[event.reaction.split('::')[0] ?? '']
      if (value === undefined || event.item_user !== heard.context.botUserId) return
      const rated = await this.sender.read(heard.client, channel, ts)
      const act = {
        user: { id: event.user },
        channel: { id: channel, name: '' },
        message: { type: 'message' as const, ...rated, ts },
      }
      if (rated) await this.act(act, heard, `reaction:${event.event_ts}`, { feedback: { value, message: rated.id } })
    })
    app.event('app_home_opened', async ({ event: { user, channel, tab }, client, context }) => {
      if (greeting.length === 0) return
      if (tab === 'home')
        await client.views.publish({ user_id: user, view: { type: 'home', blocks: renderHome(greeting) } })
      // Whoever has written needs no greeting.
      else if ((await client.conversations.history({ channel, limit: 1 })).messages?.length === 0)
        await this.greet({ team: teamOf(context), channel, user })
    })
    app.event('assistant_thread_started', async ({ event, context }) => {
      const { channel_id: channel, thread_ts: thread, user_id: user } = event.assistant_thread
      await host.kept.set('assistant', true)
      await this.greet({ team: teamOf(context), channel, thread, user, ts: thread })
    })
    app.event('app_uninstalled', ({ context }) => uninstalled(context))
    app.event('tokens_revoked', async ({ event, context }) => {
      if (event.tokens.bot?.length) await uninstalled(context)
    })
  }

  private async message(message: Message, heard: Heard): Promise<void> {
    const { channel, ts, user, subtype, bot_id, thread_ts, text = '', files = [] } = message
    const { botUserId: bot = '' } = heard.context
    const person = SAID.has(subtype) && bot_id === undefined && user !== bot && user !== 'USLACKBOT'
    if (!person || [user, channel, ts, text].some((one) => typeof one !== 'string')) return
    const team = teamOf(heard.context)
    const mentioned = mentions(text)
    const others = mentioned.map(async (one) => [one, (await this.profile(team, heard, one)).name] as const)
    const names = new Map(await Promise.all(others))
    const thread = thread_ts ?? (isDirect(channel) ? undefined : ts)
    const addressed = isDirect(channel) || mentioned.includes(bot)
    await this.receive(ts, { team, channel, ts, user, ...(thread && { thread }) }, heard, {
      text: decode(text, bot, (one) => names.get(one) ?? one),
      ...(!addressed && { addressed }),
      ...(files.length > 0 && { attachments: files.map((file) => attachmentOf(team, file)) }),
    })
  }

  private async act(act: Act, heard: Heard, id: string, said: Said): Promise<void> {
    await this.receive(id, await this.whereIs(act, heard), heard, said)
  }

  private async whereIs({ user: { id: user }, channel, message }: Act, { client, context }: Heard): Promise<Address> {
    const team = teamOf(context)
    if (channel && message) {
      const thread: string | undefined = message.thread_ts ?? (isDirect(channel.id) ? undefined : message.ts)
      return { team, channel: channel.id, ts: message.ts, user, ...(thread && { thread }) }
    }
    // In the Home tab, which is no conversation.
    const { channel: opened } = await client.conversations.open({ users: user })
    return { team, channel: opened?.id ?? '', user }
  }

  private async receive(id: string, address: Address, heard: Heard, said: Said): Promise<void> {
    const { team, channel, user = '' } = address
    const { bot, ...about } = await this.profile(team, heard, user)
    if (bot) return
    // A thread is a conversation in a channel, and where the app is an assistant; else a direct channel is one as a whole.
    const whole = address.thread && isDirect(channel) && (await this.host.kept.get('assistant')) !== true
    const conversation = placeOf(whole ? { team, channel } : address)
    const from = { channel: 'slack', conversation, person: `slack:${team}:${user}`, address: address as Json }
    await this.host.receive({ id, ...from, text: '', ...about, ...said })
  }

  private profile(team: string, { client }: Heard, user: string) {
    return this.people.get(`slack:${team}:${user}`, async () => {
      const { user: found } = await client.users.info({ user, include_locale: true })
      const { profile, name: handle, locale, is_bot: bot = false } = found ?? {}
      const name = (profile?.display_name || profile?.real_name || handle)?.slice(0, 200)
      return { bot, ...(name && { name }), ...(locale && { locale }) }
    })
  }

  private async greet(address: Address): Promise<void> {
    const id = `${placeOf(address)}.hello`
    if (this.greeting.length > 0) await this.sender.send(address, { id, parts: this.greeting })
  }
}

/** What came with a message; its bytes are read later. */
function attachmentOf(team: string, file: NonNullable<Message['files']>[number]): Attachment {
  const { id, name, mimetype, size, is_external, url_private } = file
  // Kept by somebody else, such as Google Drive, it is read as anything on the web.
  const url = is_external && url_private ? url_private : `slack:${team}:${id}`
  return {
    name: safeName(name ?? ''),
    type: mimetype || 'application/octet-stream',
    url,
    ...(size !== undefined && { size }),
  }
}

function isDirect(channel: string): boolean {
  return channel.startsWith('D')
}

function teamOf({ teamId = '', enterpriseId, isEnterpriseInstall }: Heard['context']): string {
  return isEnterpriseInstall ? `${enterpriseId}.${teamId}` : teamId
}
