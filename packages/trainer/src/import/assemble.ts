import type { Role, Transcript, Turn } from '../data/transcript.js'
import type { Message } from './message.js'
import type { Speaker } from './roles.js'
import { topics } from './tiling.js'

export interface AssembleOptions {
  channel: string
  /** Seconds without a message that end a conversation. */
  gap: number
  ordered: boolean
  speakers: ReadonlyMap<string, Speaker>
  /** What stands for somebody in the output. */
  placeholder(speaker: string): string
}

/** A conversation that more may be said in. */
class Open {
  readonly turns: Turn[] = []
  readonly ids: string[] = []
  last: number | undefined
  whole = false
  until: number | undefined
  size = CONVERSATION

  constructor(
    readonly chat: string,
    readonly thread: string,
  ) {}
}

/** What may be held of conversations that have not ended, bytes, roughly. */
const HELD = 24e6
/** One conversation is not longer than this; characters and turns. */
const [LONGEST, MOST] = [8e6, 4000]
/** What a turn takes beside its text, and a conversation beside its turns. */
const [TURN, CONVERSATION] = [500, 800]

/** Puts messages together to conversations, and cuts endless chats. Holds only what has not ended. */
export class Assembler {
  /** What somebody has spoken in lately, and before. Where they hold too much, the older ones are closed together. */
  private open = new Map<string, Open>()
  private older = new Map<string, Open>()
  private held = 0
  private done: Transcript[] = []
  /** Messages that came twice. */
  duplicates = 0
  /** Whole conversations that were written before their end, as memory is limited: the rest gets another id. */
  private readonly cut = new Set<string>()
  private lastKey = ''
  private lastOpen: Open | undefined

  constructor(private readonly options: AssembleOptions) {}

  add(message: Message): void {
    const { chat, thread, ts } = message
    const key = thread === '' ? chat : `${chat}\n${thread}`
    let open = key === this.lastKey ? this.lastOpen : this.find(key)
    if (open && this.ended(open, message)) {
      this.close(key, open)
      open = undefined
    }
    if (!open) {
      open = new Open(chat, thread)
      this.held += open.size
      this.open.set(key, open)
    }
    this.lastKey = key
    this.lastOpen = open
    this.push(open, message)
    if (open.until !== undefined && ts !== undefined && ts >= open.until) this.close(key, open)
    if (this.held > HELD) this.closeOlder()
  }

  private find(key: string): Open | undefined {
    const older = this.older.get(key)
    if (!older) return this.open.get(key)
    this.older.delete(key)
    this.open.set(key, older)
    return older
  }

  private closeOlder(): void {
    for (const [key, open] of this.older) {
      this.close(key, open)
      if (open.whole) this.cut.add(key)
    }
    this.older = this.open
    this.open = new Map()
    this.lastOpen = undefined
    this.lastKey = ''
    // All of it is new: then it is too much all the same.
    if (this.held > HELD) this.closeOlder()
  }

  /** Conversations that have ended since the last call. */
  take(): Transcript[] {
    const done = this.done
    this.done = []
    return done
  }

  rest(): Transcript[] {
    for (const [key, open] of [...this.older, ...this.open]) this.close(key, open)
    return this.take()
  }

  private ended(open: Open, { thread, ts, starts }: Message): boolean {
    if (starts) return true
    if (open.size > LONGEST || open.turns.length >= MOST) {
      if (open.whole) this.cut.add(open.chat)
      return true
    }
    return (
      thread === '' &&
      !open.whole &&
      ts !== undefined &&
      open.last !== undefined &&
      Math.abs(ts - open.last) > this.options.gap
    )
  }

  private push(open: Open, message: Message): void {
    const { speaker, text, ts, source, attachments, more } = message
    const size = text.length + TURN
    open.size += size
    this.held += size
    open.last = ts ?? open.last
    open.until = message.until ?? open.until
    open.whole ||= message.whole === true
    const role = this.roleOf(message)
    const turn: Turn = more ? { role, text, ...more } : { role, text }
    if (ts !== undefined) turn.ts = ts
    if (speaker !== '') turn.speaker = this.options.placeholder(speaker)
    turn.source = source
    if (attachments) turn.attachments = attachments
    open.turns.push(turn)
    open.ids.push(message.id ?? '')
  }

  private roleOf({ role, speaker }: Message): Role {
    if (role === 'system') return role
    const known = this.options.speakers.get(speaker)
    return (known?.told ? known.role : role) ?? known?.role ?? 'customer'
  }

  private close(key: string, open: Open): void {
    this.open.delete(key)
    this.older.delete(key)
    if (this.lastOpen === open) this.lastOpen = undefined
    this.held -= open.size
    const turns = this.unique(open)
    if (!this.options.ordered) inOrder(turns)
    const starts = open.thread === '' && !open.whole ? topics(turns.map(({ text }) => text)) : []
    for (const [n, from] of [0, ...starts].entries()) {
      const piece = turns.slice(from, starts[n])
      if (piece.some(({ role, text }) => role === 'customer' && text !== '')) {
        this.done.push({ id: this.idOf(open, piece), channel: this.options.channel, turns: piece })
      }
    }
  }

  /** Ids stay what they are when more of the chat is imported later. */
  private idOf({ chat, thread, whole, ids }: Open, [first]: Turn[]): string {
    const name = `${this.options.channel}:${chat}`
    if (whole) return this.cut.has(chat) ? `${name}:${first?.source}` : name
    if (thread !== '' && ids.includes(thread)) return `${name}:${thread}`
    return `${name}:${first?.ts ?? first?.source}`
  }

  /** Exports of the same chat overlap, and pages of an API do. Also leaves out what says nothing. */
  private unique({ turns, ids }: Open): Turn[] {
    const seen = new Set<string>()
    return turns.filter((turn, n) => {
      const id = ids[n] as string
      if (id !== '' && seen.has(id)) {
        this.duplicates++
        return false
      }
      if (id !== '') seen.add(id)
      return turn.text !== '' || turn.attachments !== undefined
    })
  }
}

/** By time; what has no time stays behind what it followed. Lists that run backwards are turned round first. */
function inOrder(turns: Turn[]): void {
  const [first, last] = [turns[0]?.ts, turns.at(-1)?.ts]
  if (first !== undefined && last !== undefined && first > last) turns.reverse()
  let time = Number.NEGATIVE_INFINITY
  const times = new Map<Turn, number>()
  for (const turn of turns) {
    time = turn.ts ?? time
    times.set(turn, time)
  }
  turns.sort((a, b) => (times.get(a) as number) - (times.get(b) as number))
}
