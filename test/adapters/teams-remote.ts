import { teams } from '@colloquy/adapters/teams'
import type { Channel, Json } from '@colloquy/core'
import type { Remote, RemoteModule, Seen, Writing } from './contract/remote.js'
import { type Fields, TeamsService } from './teams-service.js'

/** Microsoft Teams as a bot sees it, for each of the two libraries. */
export function teamsRemote(library: 'botbuilder' | 'agents-hosting', place: string): RemoteModule {
  return {
    place,
    name: `Teams on ${library}`,
    channel: 'teams',
    longest: 19_000,
    has: { edit: true, typing: true, threads: true, room: true, bots: true, signed: true, limits: true },
    async start() {
      const service = new TeamsService(library)
      await service.start()
      return new TeamsRemote(service)
    },
    connect: (options: Json): Channel => teams(options as object),
  }
}

const PERSONAL = 'a:1-personal'
const TEAM = '19:team@thread.tacv2'
const ROOM = '19:room@thread.tacv2'
const ANNA = { id: '29:anna', name: 'Anna', aadObjectId: '00000000-0000-0000-0000-00000000a11a' }

class TeamsRemote implements Remote {
  readonly room: Json
  readonly options: Json
  private readonly delivered = new Map<string, Fields>()
  private readonly unacknowledged = new Set<string>()
  private written = 0

  constructor(readonly service: TeamsService) {
    this.options = service.options
    this.room = { channel: ROOM, service: service.url }
  }

  async write(text: string, { name, files = [], bot, where, thread }: Writing = {}): Promise<string> {
    const id = this.next()
    const from = {
      own: { id: this.service.bot.id, name: 'Bot' },
      other: { id: '28:other', name: 'Other', role: 'bot' },
    }
    const inRoom = where === 'room'
    const mentions = thread !== undefined && !inRoom
    const html = text.replace(/[&<>"]/g, (one) => `&#${one.charCodeAt(0)};`).replace(/\n/g, '<br>')
    const mention = '<span itemtype="http://schema.skype.com/Mention" itemscope="" itemid="0">The Bot</span>&nbsp;'
    const attachments = files.map((file) => ({
      ...{ contentType: file.type, name: file.name, contentUrl: this.service.attach(file) },
    }))
    return this.deliver({
      type: 'message',
      id,
      // Teams strips the tags of the HTML here, and leaves its entities as they are.
      text: mentions ? `<at>The Bot</at>&nbsp;${html}` : html.replace(/<br>/g, '\n'),
      textFormat: 'plain',
      from: bot ? from[bot] : { ...ANNA, ...(name && { name }) },
      ...this.place(inRoom, thread, id),
      attachments: [
        ...attachments,
        ...(text ? [{ contentType: 'text/html', content: `<p>${mentions ? mention : ''}${html}</p>` }] : []),
      ],
      ...(mentions && {
        entities: [
          { type: 'mention', mentioned: { id: this.service.bot.id, name: 'The Bot' }, text: '<at>The Bot</at>' },
        ],
      }),
    })
  }

  async press(label: string): Promise<string> {
    const offered = this.service
      .in(PERSONAL)
      .findLast((one) => choicesOf(one.activity).some(({ title }) => title === label))
    const choice = choicesOf(offered?.activity ?? {}).find(({ title }) => title === label)
    if (!offered || !choice) throw new Error(`nobody offers "${label}"`)
    if (choice.type === 'imBack') return this.write(String(choice.value))
    const { type, verb, data } = choice
    const invoke = {
      type: 'invoke',
      name: 'adaptiveCard/action',
      value: { action: { type, verb, data }, trigger: 'manual' },
    }
    return this.deliver({ id: this.next(), ...invoke, replyToId: offered.id, from: ANNA, ...this.place(false) })
  }

  async rate({ id }: Seen, value: 1 | -1): Promise<void> {
    const reaction = value === 1 ? 'like' : 'dislike'
    const action = { actionName: 'feedback', actionValue: { reaction, feedback: '{"feedbackText":""}' } }
    const invoke = { type: 'invoke', name: 'message/submitAction', value: action, replyToId: id }
    await this.deliver({ id: this.next(), ...invoke, from: ANNA, ...this.place(false) })
  }

  async again(id: string): Promise<void> {
    await this.service.deliver(this.delivered.get(id) ?? {})
  }

  async redeliver(): Promise<void> {
    for (const id of this.unacknowledged) {
      await this.again(id)
      this.unacknowledged.delete(id)
    }
  }

  async seen(where: 'customer' | 'room' = 'customer'): Promise<Seen[]> {
    const shown =
      where === 'room' ? this.service.under(ROOM) : [...this.service.in(PERSONAL), ...this.service.under(TEAM)]
    return shown.map(({ id, activity, thread, file }) => {
      const attachments = (activity.attachments ?? []) as Fields[]
      return {
        id,
        text: [activity.text, ...attachments.flatMap(({ content }) => textsOf(content))].filter(Boolean).join('\n'),
        choices: choicesOf(activity).map(({ title }) => String(title)),
        images: attachments.flatMap((one) => [
          ...(String(one.contentType).startsWith('image/') ? [String(one.name)] : []),
          ...imagesOf(one.content),
        ]),
        files: file ? [file] : [],
        ...(thread && { thread }),
      }
    })
  }

  typing(): number {
    return this.service.typing
  }

  history(id: string): string[] {
    return this.service.history.get(id) ?? []
  }

  async forge(what: 'signature' | 'malformed'): Promise<number | 'closed'> {
    const activity = { type: 'message', id: this.next(), text: 'Are you open?', from: ANNA, ...this.place(false) }
    if (what === 'malformed') return this.service.post({ ...activity, from: 7, conversation: ['?'] })
    return this.service.post(activity, await this.service.forged())
  }

  refuse(how: 'limit' | 'broken', calls: number): void {
    this.service.refusing = { status: how === 'limit' ? 429 : 503, calls }
  }

  stop(): Promise<void> {
    return this.service.stop()
  }

  private next(): string {
    return `m${Date.now()}${++this.written}`
  }

  private place(room: boolean, thread?: string, id?: string): Fields {
    const base = { recipient: this.service.bot, channelData: { tenant: { id: this.service.tenant } } }
    if (!room && thread === undefined) return { ...base, conversation: { id: PERSONAL, conversationType: 'personal' } }
    const channel = room ? ROOM : TEAM
    const conversation = { id: `${channel};messageid=${thread ?? id}`, conversationType: 'channel', isGroup: true }
    return { ...base, conversation, channelData: { ...base.channelData, channel: { id: channel } } }
  }

  private async deliver(activity: Fields): Promise<string> {
    const id = String(activity.id)
    this.delivered.set(id, activity)
    this.unacknowledged.add(id)
    await this.service.deliver(activity)
    this.unacknowledged.delete(id)
    return id
  }
}

function choicesOf(activity: Fields): Fields[] {
  const { actions = [] } = (activity.suggestedActions ?? {}) as { actions?: Fields[] }
  const cards = ((activity.attachments ?? []) as Fields[]).map(
    ({ content }) => (content ?? {}) as { actions?: Fields[] },
  )
  return [...actions, ...cards.flatMap((card) => card.actions ?? [])]
}

function textsOf(content: unknown): string[] {
  const { body = [] } = (content ?? {}) as { body?: Fields[] }
  return body.flatMap((one) => (one.type === 'TextBlock' ? [String(one.text)] : []))
}

function imagesOf(content: unknown): string[] {
  const { body = [] } = (content ?? {}) as { body?: Fields[] }
  return body.flatMap((one) => (one.type === 'Image' ? [String(one.altText)] : []))
}
