import { copy } from '../copy.js'
import { decoded } from '../decode.js'
import type { Format } from '../format.js'
import { type Block, blocks } from '../lines.js'
import type { Message, Reader } from '../message.js'
import { Problems } from '../problems.js'
import type { Entry, Source } from '../source.js'
import { DateOrders, type Order, timeOf } from './whatsapp/order.js'
import { isMark, stampAt } from './whatsapp/stamp.js'
import { leftOut, omitted } from './whatsapp/words.js'

/** A chat that somebody exported from their phone: `_chat.txt`, `WhatsApp Chat with Anna.txt`, or the zip around it. */
export const whatsapp: Format = {
  name: 'whatsapp',
  expects:
    'a WhatsApp chat as text, its lines like "25/01/2024, 14:45 - Anna: Hello" or "[25.01.24, 14:45:12] Anna: Hello"',
  files: /\.txt(\.gz)?$/i,
  recognises: (head) => lineStarts(head).some((at) => stampAt(head, at) !== undefined),
  async open(source, entries) {
    const orders = new Map<Entry, Order>()
    for (const entry of entries) orders.set(entry, await orderOf(entry))
    return reader(source, orders)
  },
}

/** The beginnings of the first lines: a chat may begin with the rest of a message. */
function lineStarts(head: string): number[] {
  const starts = [0]
  for (let at = head.indexOf('\n'); at >= 0 && starts.length < 20; at = head.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

async function orderOf(entry: Entry): Promise<Order> {
  const orders = new DateOrders()
  for await (const { text } of blocks(decoded(entry), entry.name, new Problems(true))) {
    for (let at = 0; at < text.length; ) {
      const stamp = stampAt(text, at)
      if (stamp && orders.add(stamp)) return orders.best()
      const end = text.indexOf('\n', at)
      at = end < 0 ? text.length : end + 1
    }
  }
  return orders.best()
}

function reader(source: Source, orders: Map<Entry, Order>): Reader {
  const [only] = orders.size === 1 ? [source.name] : []
  return {
    people: [],
    ordered: true,
    other: (speakers, chat) => otherSide(speakers, only ?? chat),
    async *messages(problems) {
      for (const [entry, order] of orders) {
        const chat = new Chat(entry.name, order, problems)
        for await (const block of blocks(decoded(entry), entry.name, problems)) yield chat.read(block)
        yield chat.rest()
      }
    },
  }
}

/** An export is named after whoever the chat is with, in words of the phone's language: `WhatsApp Chat with Anna`. */
function otherSide(speakers: string[], chat: string): string | undefined {
  const named = speakers.filter((speaker) => chat.includes(speaker))
  return speakers.length === 2 && named.length === 1 ? named[0] : undefined
}

const LONGEST_NAME = 120
const LONGEST_TEXT = 16e6

/** Lines into messages: what does not begin with a date belongs to the message before. */
class Chat {
  private open: Message | undefined
  private found: Message[] = []
  private tooLong: Message | undefined
  /** Names as they are written, and without marks. */
  private readonly names = new Map<string, string>()

  constructor(
    private readonly file: string,
    private readonly order: Order,
    private readonly problems: Problems,
  ) {}

  read({ text, line }: Block): Message[] {
    let number = line
    for (let at = 0; at < text.length; number++) {
      const newline = text.indexOf('\n', at)
      const next = newline < 0 ? text.length : newline + 1
      let end = newline < 0 ? text.length : newline
      if (text.charCodeAt(end - 1) === 0x0d) end--
      const stamp = stampAt(text, at)
      const ts = stamp && timeOf(stamp, this.order)
      if (stamp && ts !== undefined) {
        this.close()
        this.open = this.message(text, Math.min(stamp.end, end), end, ts, `${this.file}:${number}`)
      } else if (this.open) this.more(this.open, text.slice(at, end), number)
      at = next
    }
    const found = this.found
    this.found = []
    return found
  }

  rest(): Message[] {
    this.close()
    return this.found
  }

  private more(open: Message, line: string, number: number): void {
    if (open.text.length < LONGEST_TEXT) open.text += `\n${line}`
    else if (this.tooLong !== open) {
      this.tooLong = open
      this.problems.bad(
        `${this.file}:${number}`,
        'what was said has gone on for 16 MB without a line that begins with a date',
      )
    }
  }

  private message(text: string, from: number, end: number, ts: number, source: string): Message {
    const colon = text.indexOf(':', from)
    const speaker =
      colon > from && colon < end && colon - from <= LONGEST_NAME ? this.named(text, from, colon, end) : ''
    // Nobody says what the app itself tells, such as that somebody has joined.
    const role = speaker === '' ? 'system' : undefined
    return { chat: this.file, thread: '', speaker, role, text: text.slice(role ? from : colon + 2, end), ts, source }
  }

  /** Who is named before a colon; `''` where that is no name. */
  private named(text: string, from: number, colon: number, end: number): string {
    const raw = text.slice(from, colon)
    let name = this.names.get(raw)
    if (name === undefined) {
      name = /["\u201c]/.test(raw) ? '' : nameOf(raw)
      if (this.names.size > 10_000) this.names.clear()
      this.names.set(copy(raw), copy(name))
    }
    return colon + 1 === end || text.charCodeAt(colon + 1) === 0x20 ? name : ''
  }

  private close(): void {
    const { open } = this
    if (!open) return
    this.open = undefined
    // Marked texts are the app's own: a file that came with it, one that was left out, a notice.
    if (isMark(open.text.charCodeAt(0)) || open.text.includes('\u200e')) marked(open)
    else if (open.text.charCodeAt(0) === 0x3c || open.text.includes('(file attached)')) plain(open)
    this.found.push(open)
  }
}

/** `~ Anna` is how somebody calls themselves who is not among the contacts. */
function nameOf(text: string): string {
  if (!/^[~\s]|\s$|[\u200b-\u206f\u202f\ufeff\u00a0]/.test(text)) return text
  return text
    .replace(/\p{Cf}/gu, '')
    .replace(/[\u00a0\u202f]/g, ' ')
    .replace(/^~/, '')
    .trim()
}

const EDITED = /\s?\u200e<[^<>\n]{3,60}>$/
/** `<attached: 00000042-PHOTO.jpg>` in any language. */
const ATTACHED = /\u200e<[^<>:\n]{2,40}:\s?([^<>\n]+\.\w{2,5})>/
/** `IMG-20240105-WA0001.jpg (file attached)` in any language; what follows on the next lines is its caption. */
const FILE = /^\u200e?([^\n]{1,200}\.\w{2,5}) \([^()\n]{3,60}\)(?:\n|$)/

function marked(message: Message): void {
  const attached = ATTACHED.exec(message.text) ?? FILE.exec(message.text)
  if (attached) {
    message.attachments = [attached[1] as string]
    message.text = message.text
      .replace(attached[0], '')
      .replace(/^\u200e/, '')
      .trim()
  } else if (message.text.charCodeAt(0) === 0x200e) {
    const said = message.text.slice(1)
    if (leftOut.test(said) || omitted.test(said)) {
      message.attachments = ['']
      message.text = ''
    } else {
      message.role = 'system'
      message.text = said
    }
  }
  message.text = message.text.replace(EDITED, '')
}

function plain(message: Message): void {
  if (leftOut.test(message.text)) {
    message.attachments = ['']
    message.text = ''
    return
  }
  const file = /^([^\n]{1,200}\.\w{2,5}) \(file attached\)(?:\n|$)/.exec(message.text)
  if (!file) return
  message.attachments = [file[1] as string]
  message.text = message.text.slice(file[0].length)
}
