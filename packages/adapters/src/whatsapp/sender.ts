import { type ChannelHost, ColloquyError, type OutgoingMessage, reason, splitText } from '@colloquy/core'
import type * as Library from 'whatsapp-web.js'
import { type Bubble, bubblesOf, LONGEST, numbered } from '../whatsapp-shared/bubbles.js'
import { markup } from '../whatsapp-shared/markup.js'
import { named } from '../whatsapp-shared/media.js'
import { Sent } from '../whatsapp-shared/sent.js'
import type { Connection } from './connection.js'
import type { WhatsAppOptions } from './index.js'
import { type Address, idOf } from './parse.js'

/** What a poll holds at most: options, and characters of one and of the question. */
const OPTIONS = 12
const OPTION = 100
const QUESTION = 255
/** How often an answer is shown while it is written, in milliseconds. */
const PACE = 1500

/** An answer that stands in a chat while it is written. */
interface Draft {
  message?: Library.Message
  at: number
  /** Calls one after another; they never reject. */
  done: Promise<void>
}

/** Sends what the bot says as messages of the library's. */
export class Sender {
  readonly sent = new Sent()
  private readonly drafts = new Map<string, Draft>()

  constructor(
    private readonly library: typeof Library,
    private readonly connection: Connection,
    private readonly host: ChannelHost,
    private readonly options: WhatsAppOptions,
  ) {}

  async send(address: Address, message: OutgoingMessage): Promise<void> {
    const draft = this.drafts.get(address.chat)
    await draft?.done
    const bubbles = bubblesOf(message)
    const calls = bubbles.flatMap((bubble, n) => this.calls(address, bubble, n === 0 ? draft?.message : undefined))
    await this.sent.each(message, calls)
    this.drafts.delete(address.chat)
  }

  async typing({ chat }: Address, soFar?: string): Promise<void> {
    if (soFar !== undefined && this.options.stream) return this.show(chat, soFar)
    await this.connection.call('typing', async (client) => (await client.getChatById(chat)).sendStateTyping())
  }

  private async show(chat: string, soFar: string): Promise<void> {
    const draft: Draft = this.drafts.get(chat) ?? { at: 0, done: Promise.resolve() }
    if (Date.now() < draft.at + PACE) return
    this.drafts.set(chat, draft)
    draft.at = Date.now()
    const text = `${markup(soFar.slice(0, LONGEST))} …`
    draft.done = draft.done
      .then(() =>
        this.connection.call('what is written so far', async (client) => {
          if (draft.message) await draft.message.edit(text)
          else draft.message = await client.sendMessage(chat, text, { linkPreview: false, sendSeen: false })
        }),
      )
      .catch((error) =>
        this.host.log.debug({ reason: reason(error) }, 'whatsapp: an answer was not shown while it was written'),
      )
    return draft.done
  }

  /** The calls that a bubble takes; a text takes the place of the draft that stands there already. */
  private calls(address: Address, bubble: Bubble, standing?: Library.Message): (() => Promise<string>)[] {
    switch (bubble.type) {
      case 'text':
        return [() => this.text(address, bubble.text, standing)]
      case 'file':
        return [...this.removal(standing), () => this.media(address, bubble)]
      case 'choices': {
        const { image, text, choices } = bubble
        const picture = { url: image ?? '', name: 'image', image: true }
        const before =
          image === undefined ? this.removal(standing) : this.calls(address, { type: 'file', ...picture }, standing)
        const labels = choices.map(({ label }) => label.trim())
        const fits = labels.length > 1 && labels.length <= OPTIONS && text.length <= QUESTION
        const differ =
          new Set(labels).size === labels.length && labels.every((label) => label && label.length <= OPTION)
        if (this.options.choices === 'poll' && fits && differ)
          return [...before, () => this.post(address, new this.library.Poll(text, labels))]
        return [...before, ...splitText(numbered(bubble), LONGEST).map((piece) => () => this.post(address, piece))]
      }
    }
  }

  /** A draft that is only in the way; where it cannot be taken away it stays. */
  private removal(standing?: Library.Message): (() => Promise<string>)[] {
    if (!standing) return []
    const removed = async () => {
      await this.connection.call('a draft', () => standing.delete(true)).catch(() => {})
      return idOf(standing.id)
    }
    return [removed]
  }

  private async text(address: Address, text: string, standing?: Library.Message): Promise<string> {
    if (standing) {
      const edited = await this.connection.call('an edit', () => standing.edit(text)).catch(() => null)
      if (edited) return idOf(edited.id)
    }
    return this.post(address, text)
  }

  private async media(
    address: Address,
    { url, name, image, text: caption }: Omit<Bubble & { type: 'file' }, 'type'>,
  ): Promise<string> {
    const { MessageMedia } = this.library
    try {
      const { type, bytes } = await this.host.file(url)
      const media = new MessageMedia(type, Buffer.from(bytes).toString('base64'), named(name, type), bytes.length)
      const shown = image && /^image\/(jpeg|png|webp)$/.test(type)
      return await this.post(address, media, { sendMediaAsDocument: !shown, ...(caption && { caption }) })
    } catch (error) {
      if (!(error instanceof ColloquyError && error.code === 'bad_message')) throw error
      // What can be read of it is better than nothing.
      return this.post(address, [caption ?? name, ...(url.startsWith('https:') ? [url] : [])].join('\n'))
    }
  }

  private async post(
    { chat, quote }: Address,
    content: Library.MessageContent,
    more: Library.MessageSendOptions = {},
  ): Promise<string> {
    const options = {
      sendSeen: false,
      parseVCards: false,
      ...(quote !== undefined && { quotedMessageId: quote }),
      ...more,
    }
    const message = await this.connection.call('a message', (client) => client.sendMessage(chat, content, options))
    // Sent it is nevertheless: to send it again for as long as the library gives nothing back would flood people.
    if (!message) this.host.log.warn('whatsapp: WhatsApp did not say under which id it has sent a message')
    return idOf(message?.id)
  }
}
