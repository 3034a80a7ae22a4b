import type { Choice } from '@colloquy/core'
import type { BotEntry, Draft, Uploaded, Welcome } from '../protocol.js'
import { anchored } from './anchor.js'
import { Conversation, type State } from './conversation.js'
import { kept } from './kept.js'
import { speak } from './speech.js'
import type { Line } from './transcript.js'
import { see, unread } from './unread.js'
import { type Upload, upload } from './upload.js'
import type { ChatView, Talk } from './view/chat.js'
import type { Words } from './words/index.js'

/** Milliseconds until a token that the server refused is asked for again. */
const PAUSE = 2000

/** An identity token, or what gets one. */
export type Token = string | (() => string | undefined | Promise<string | undefined>)

/** Where a visit shows itself, and what it has to know of the page. */
export interface Stage {
  readonly view: ChatView | undefined
  readonly title: string
  readonly open: boolean
  readonly token: Token | undefined
  spoken(): Words
  dispatchEvent(event: Event): void
}

/** What this page has to do with one server: a conversation, once there is one, and what the server has told of itself. */
export class Visit implements Talk {
  private conversation: Conversation | undefined
  private welcome: Welcome | undefined
  private greeting: BotEntry | undefined

  constructor(
    private readonly server: URL,
    private readonly stage: Stage,
  ) {
    // A visitor who never opens the chat costs the server nothing; one who did may have an answer waiting.
    if (stage.open || kept(server, 'secret') || kept(server, 'seen')) this.connect()
  }

  connect(): void {
    this.conversation ??= new Conversation(this.server, {
      state: (state) => this.tell(state),
      welcome: (welcome) => this.welcomed(welcome),
      change: () => this.show(),
      message: (entry) => this.heard(entry),
      typing: (soFar) => this.stage.view?.log.type(true, soFar),
      refused: () => this.refused(),
      locale: () => this.stage.spoken().locale,
      token: () => this.token(),
    })
  }

  leave(): void {
    this.conversation?.close()
  }

  send(text: string, uploads: Uploaded[] = []): void {
    this.say({ text, ...(uploads.length > 0 && { uploads: uploads.map(({ id }) => id) }) }, uploads)
  }

  choose({ label, value }: Choice): void {
    this.say({ text: label, choice: value })
  }

  submit(fields: Record<string, string>): void {
    this.say({ text: '', fields })
  }

  rate(id: string, value: 1 | -1): void {
    this.conversation?.rate(id, value)
  }

  retry(id: string): void {
    this.conversation?.retry(id)
  }

  restart(): void {
    this.conversation?.restart()
  }

  upload(file: File, progress: (part: number) => void): Upload {
    const bearer = this.token().then((token) => token ?? kept(this.server, 'secret') ?? '')
    return upload(this.server, bearer, file, progress)
  }

  /** Shows everything on a view that is new. */
  draw(): void {
    this.entitle()
    this.tell(this.conversation?.state ?? 'connecting')
  }

  /** Shows what the server has told, and what the page says instead. */
  entitle(): void {
    const { view, title } = this.stage
    view?.header.title(title || this.welcome?.title || '')
    view?.header.restartable(!this.welcome || this.welcome.conversation !== undefined)
    view?.composer.limit(this.welcome?.uploads)
  }

  show(): void {
    const { view, open } = this.stage
    const { transcript: { lines } = { lines: [] }, state = 'connecting' } = this.conversation ?? {}
    const last = lines.findLast(({ from }) => from === 'bot')
    view?.header.show(state, last?.from === 'bot' ? last.speaker : undefined)
    view?.log.show(this.greeted(lines), state === 'online')
    if (open) see(this.server, lines)
    view?.launcher?.unread(open ? 0 : unread(this.server, lines))
  }

  private say(said: Omit<Draft, 'id'>, files?: Uploaded[]): void {
    this.connect()
    this.stage.view?.log.toEnd()
    this.conversation?.send(said, files)
    this.stage.view?.focus()
  }

  private tell(state: State): void {
    this.show()
    if (state === 'online') this.stage.view?.log.announce()
    else this.stage.view?.log.type(false)
  }

  private welcomed(welcome: Welcome): void {
    this.welcome = welcome
    const parts = welcome.greeting
    if (parts) this.greeting ??= anchored<BotEntry>({ from: 'bot', id: 'greeting', parts, at: Date.now() }, this.server)
    this.entitle()
  }

  /** What the bot says while the page is here. */
  private heard(entry: BotEntry): void {
    const { view } = this.stage
    if (view?.header.aloud) speak(view.log.textOf(entry.id), this.stage.spoken().locale)
    this.stage.dispatchEvent(new CustomEvent('message', { detail: entry }))
  }

  /** The page can set another token; a function is asked for one. */
  private refused(): void {
    this.stage.dispatchEvent(new Event('refused'))
    if (typeof this.stage.token === 'function') setTimeout(() => this.conversation?.connect(), PAUSE)
  }

  private async token(): Promise<string | undefined> {
    const { token } = this.stage
    return typeof token === 'function' ? token() : token
  }

  private greeted(lines: Line[]): Line[] {
    if (!this.greeting) return lines
    return [{ ...this.greeting, at: Math.min(this.greeting.at, lines[0]?.at ?? Number.POSITIVE_INFINITY) }, ...lines]
  }
}
