import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type Channel,
  type ChannelHost,
  ColloquyError,
  type FileContent,
  type IncomingMessage,
  type Json,
  missing,
  type OutgoingMessage,
  reason,
} from '@colloquy/core'
import type * as Library from 'whatsapp-web.js'
import { LARGEST_FILE, mediaType } from '../whatsapp-shared/media.js'
import { rating } from '../whatsapp-shared/thumbs.js'
import { LoginCode } from './code.js'
import { Connection } from './connection.js'
import type { WhatsAppOptions } from './index.js'
import { type Address, idOf, whose, written } from './parse.js'
import { Sender } from './sender.js'

/** What came in while nobody was there is looked for this far back, in seconds, and so many messages a chat. */
const LOOK_BACK = 600
const LOOKED_AT = 50
/** A message that the store does not take is tried again after 1, 2, 4, … seconds, at most this many milliseconds. */
const BACKOFF = 60_000
/** How long the channel waits for what is being sent before it stops, in milliseconds. */
const GRACE = 5000

/** What {@link whatsapp} makes. */
export class WhatsApp implements Channel {
  readonly name = 'whatsapp'
  private host!: ChannelHost
  private connection!: Connection
  private sender!: Sender
  private code!: LoginCode
  private stopped = new AbortController()
  private readonly sending = new Set<Promise<void>>()
  /** What came in while nobody was there goes before anything newer. */
  private caughtUp = Promise.resolve()
  /** All ids that the linked number has. */
  private me: string[] = []
  /** When the last message came in whose time was noted, in seconds since 1970. */
  private noted = 0

  constructor(private readonly options: WhatsAppOptions) {}

  async start(host: ChannelHost): Promise<void> {
    const library = await import('whatsapp-web.js').then(
      (module) => module.default as typeof Library,
      (error: unknown) => {
        throw missing('whatsapp-web.js', 'npm install whatsapp-web.js', error)
      },
    )
    this.host = host
    this.stopped = new AbortController()
    if ((await host.kept.get('since')) === undefined) await host.kept.set('since', Math.floor(Date.now() / 1000))
    this.code = new LoginCode(this.options.codePort ?? 0, host.log)
    this.connection = new Connection(() => this.client(library), host.log)
    this.sender = new Sender(library, this.connection, host, this.options)
    this.connection.on('qr', (text) => this.attend('the code for linking', this.code.show(text)))
    this.connection.on('ready', (client) => {
      void this.code.hide()
      this.caughtUp = this.attend('what came in meanwhile', this.catchUp(client))
    })
    await this.connection.start()
  }

  async send(address: Json, message: OutgoingMessage): Promise<void> {
    const done = this.sender.send(address as Address, message)
    this.sending.add(done)
    await done.finally(() => this.sending.delete(done))
  }

  typing(address: Json, soFar?: string): Promise<void> {
    return this.sender.typing(address as Address, soFar)
  }

  async file(url: string): Promise<FileContent> {
    const [, id = '', name = ''] = /^whatsapp:(.*?)\/([^/]*)$/.exec(url) ?? []
    const unreadable = (why: string) => new ColloquyError('bad_message', `A file cannot be read: ${why}.`)
    return this.connection.call('a file', async (client) => {
      const message = await client.getMessageById(id)
      const { size = 0 } = (message?.rawData ?? {}) as { size?: number }
      if (size > LARGEST_FILE) throw unreadable('it is too large')
      const media = await message?.downloadMedia()
      if (!media) throw unreadable('WhatsApp no longer has it')
      return { name, type: mediaType(media.mimetype), bytes: Buffer.from(media.data, 'base64') }
    })
  }

  async stop(): Promise<void> {
    this.stopped.abort()
    // What is sent and not noted as such would be sent again.
    await Promise.race([Promise.allSettled(this.sending), sleep(GRACE, undefined, { ref: false })])
    await this.connection?.stop()
    await this.code?.hide()
  }

  private client({ Client, LocalAuth }: typeof Library): Library.Client {
    const { folder = '.wwebjs_auth', executablePath, client: more = {} } = this.options
    const client = new Client({
      authStrategy: new LocalAuth({ dataPath: folder }),
      webVersionCache: { type: 'local', path: join(folder, 'pages') },
      ...more,
      puppeteer: {
        headless: true,
        // The browser ends with this process, however that ends, and with nothing else: it is closed on stop.
        pipe: true,
        handleSIGINT: false,
        handleSIGTERM: false,
        handleSIGHUP: false,
        ...(executablePath !== undefined && { executablePath }),
        ...more.puppeteer,
      },
    })
    const live = (what: string, work: () => Promise<void>) => void this.attend(what, this.caughtUp.then(work))
    client.on('message', (message) => live('a message', () => this.read(message)))
    client.on('message_reaction', (reaction) => live('a reaction', () => this.rated(reaction)))
    client.on('vote_update', (vote) => live('a vote', () => this.voted(vote as Vote)))
    return client
  }

  /** Nobody waits for what an event starts: what it throws is logged. */
  private attend(what: string, work: Promise<void>): Promise<void> {
    return work.catch((error) => this.host.log.error({ reason: reason(error) }, `whatsapp: ${what} was not handled`))
  }

  /** Reads what came in while nobody was there; the engine knows what it has had already. */
  private async catchUp(client: Library.Client): Promise<void> {
    const wid = idOf(client.info.wid)
    this.me = [wid]
    const [ids] = await client.getContactLidAndPhone([wid]).catch(() => [])
    this.me.push(...[ids?.lid, ids?.pn].filter((id) => id !== undefined))
    const since = Number(await this.host.kept.get('since'))
    for (const chat of await client.getChats()) {
      if ((chat.timestamp ?? 0) < since) continue
      const messages = await chat.fetchMessages({ limit: LOOKED_AT, fromMe: false })
      for (const message of messages) if (message.timestamp >= since) await this.read(message)
    }
  }

  private async read(message: Library.Message): Promise<void> {
    const said = written(message, this.me)
    if (!said || !(await this.receive(said))) return
    const since = message.timestamp - LOOK_BACK
    const before = Number(await this.host.kept.get('since'))
    if (message.timestamp > this.noted + 60 && since > before) {
      this.noted = message.timestamp
      await this.host.kept.set('since', since)
    }
    const { chat } = said.address as Address
    await this.connection
      .call('a read receipt', (client) => client.sendSeen(chat))
      .catch((error) => this.host.log.debug({ reason: reason(error) }, 'whatsapp: a message was not marked as read'))
  }

  private async rated({ id, msgId, senderId, reaction }: Library.Reaction): Promise<void> {
    const value = rating(reaction ?? '')
    const { fromMe, remote } = msgId as unknown as { fromMe: boolean; remote: unknown }
    const sender = idOf(senderId)
    if (value === undefined || !fromMe || this.me.includes(sender)) return
    const chat = idOf(remote)
    const message = this.sender.sent.message(idOf(msgId))
    const feedback = { value, ...(message !== undefined && { message }) }
    await this.receive({ id: idOf(id), ...whose(chat, sender), text: '', feedback, address: { chat } })
  }

  private async voted({ voter, selectedOptions, parentMessage, parentMsgKey, interractedAtTs }: Vote): Promise<void> {
    const [chosen] = selectedOptions
    const poll = idOf(parentMsgKey) || idOf(parentMessage.id)
    if (!chosen?.name || !poll.startsWith('true_')) return
    const chat = idOf((parentMsgKey ?? parentMessage.id).remote)
    const id = `${poll}_${interractedAtTs}`
    await this.receive({ id, ...whose(chat, idOf(voter)), text: chosen.name, address: { chat } })
  }

  /** Hands a message to the engine until it is durable: WhatsApp itself never delivers it again. */
  private async receive(message: IncomingMessage): Promise<boolean> {
    for (let wait = 1000; !this.stopped.signal.aborted; wait = Math.min(wait * 2, BACKOFF)) {
      try {
        await this.host.receive(message)
        return true
      } catch (error) {
        const never = error instanceof ColloquyError && error.code === 'bad_message'
        this.host.log.error({ message: message.id, reason: reason(error) }, 'whatsapp: a message was not accepted')
        if (never) return false
        await sleep(wait, undefined, { signal: this.stopped.signal }).catch(() => {})
      }
    }
    return false
  }
}

type Vote = Pick<Library.PollVote, 'voter' | 'selectedOptions' | 'parentMessage' | 'interractedAtTs'> & {
  parentMsgKey: { remote: unknown }
}
