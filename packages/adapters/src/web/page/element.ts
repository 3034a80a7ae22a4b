import type { BotEntry, Draft, Uploaded, Welcome } from '../protocol.js'
import { anchored } from './anchor.js'
import { Conversation, type State } from './conversation.js'
import { Invitation } from './invitation.js'
import { kept } from './kept.js'
import { speak } from './speech.js'
import { css } from './style/index.js'
import type { Line } from './transcript.js'
import { see, unread } from './unread.js'
import { upload } from './upload.js'
import { ChatView } from './view/chat.js'
import type { Texts } from './words/en.js'
import { wordsOf } from './words/index.js'

/** Where this script came from: the server of an element that names none. */
const home = (document.currentScript as HTMLScriptElement | null)?.src ?? location.href
/** Milliseconds until a token that the server refused is asked for again. */
const PAUSE = 2000

// A constructed sheet, because a strict content security policy forbids style elements.
const sheet = new CSSStyleSheet()
sheet.replaceSync(css)

/** An identity token, or what gets one. */
export type Token = string | (() => string | undefined | Promise<string | undefined>)

/**
 * `<colloquy-chat server="https://bot.example.com" title="Northbank">`: a conversation with a bot. `docs/web.md` lists its
 * attributes, properties, events, slots and custom properties of style.
 */
export class ColloquyChat extends HTMLElement {
  static readonly observedAttributes = ['title', 'open', 'server', 'token', 'lang', 'dir', 'mode', 'speech', 'feedback']

  private readonly root = this.attachShadow({ mode: 'open' })
  private texts: Partial<Texts> = {}
  private identity: Token | undefined
  private view: ChatView | undefined
  private server = new URL(home)
  private conversation: Conversation | undefined
  private welcome: Welcome | undefined
  private greeting: BotEntry | undefined
  private invitation: Invitation | undefined

  constructor() {
    super()
    this.root.adoptedStyleSheets = [sheet]
  }

  /** Texts of the chat that are to be others, or in another language. */
  get words(): Partial<Texts> {
    return this.texts
  }

  set words(texts: Partial<Texts>) {
    this.texts = texts
    if (this.isConnected) this.draw()
  }

  /** Says who the customer is; a function is asked before each connection, so that it can give a fresh one. */
  get token(): Token | undefined {
    return this.identity ?? this.getAttribute('token') ?? undefined
  }

  set token(token: Token | undefined) {
    this.identity = token
    if (this.isConnected) this.move()
  }

  /** Whether the conversation is on the screen: without a launcher it always is. */
  get open(): boolean {
    return !this.launches || this.hasAttribute('open')
  }

  set open(open: boolean) {
    this.toggleAttribute('open', open)
  }

  /** Says something for the customer, as if they had typed it or pressed a choice. */
  send(text: string, choice?: string): void {
    this.connect()
    this.say({ text, ...(choice !== undefined && { choice }) })
  }

  connectedCallback(): void {
    // What was set before the script had loaded hides the accessors.
    for (const name of ['words', 'token'] as const) {
      const { [name]: value } = this
      if (Reflect.deleteProperty(this, name)) Object.assign(this, { [name]: value })
    }
    this.move()
    this.draw()
  }

  disconnectedCallback(): void {
    this.leave()
  }

  attributeChangedCallback(name: string): void {
    if (!this.isConnected) return
    if (name === 'title') this.entitle()
    else if (name === 'open') this.toggled()
    else if (name === 'server' || name === 'token') this.move()
    else this.draw()
  }

  private get launches(): boolean {
    return this.getAttribute('mode') === 'launcher'
  }

  /** Draws everything anew, in the words and the form that the attributes ask for. */
  private draw(): void {
    const words = wordsOf(this, this.texts)
    const speech = this.getAttribute('speech') !== 'off'
    this.view = new ChatView(
      { words, speech, launcher: this.launches, feedback: this.hasAttribute('feedback') },
      {
        send: (text, uploads) => this.say({ text, ...(uploads.length > 0 && { uploads }) }),
        choose: ({ label, value }) => this.send(label, value),
        submit: (fields) => this.say({ text: '', fields }),
        rate: (id, value) => this.conversation?.rate(id, value),
        upload: (file, progress) => upload(this.server, this.bearer(), file, progress),
        retry: (id) => this.conversation?.retry(id),
        restart: () => this.conversation?.restart(),
        toggle: () => {
          this.open = !this.open
        },
        decline: () => this.invitation?.end(),
      },
    )
    this.root.replaceChildren(this.view.root)
    this.entitle()
    this.tell(this.conversation?.state ?? 'connecting')
    if (this.open) this.view.open(true)
  }

  private say({ uploads, ...said }: Omit<Draft, 'id' | 'uploads'> & { uploads?: Uploaded[] }): void {
    this.view?.log.toEnd()
    this.conversation?.send({ ...said, ...(uploads && { uploads: uploads.map(({ id }) => id) }) }, uploads)
    this.view?.focus()
  }

  /** Shows what the server has told, and what the attributes say instead. */
  private entitle(): void {
    this.view?.header.title(this.getAttribute('title') ?? this.welcome?.title ?? '')
    this.view?.header.restartable(!this.welcome || this.welcome.conversation !== undefined)
    this.view?.composer.limit(this.welcome?.uploads)
  }

  private toggled(): void {
    if (!this.launches) return
    if (this.open) this.connect()
    this.invitation?.end()
    this.view?.open(this.open)
    this.show()
    this.dispatchEvent(new Event(this.open ? 'open' : 'close'))
  }

  /** Goes to the server that the element names now, as who it says. */
  private move(): void {
    this.leave()
    const named = this.getAttribute('server')
    this.server = new URL(named ?? '.', named === null ? home : document.baseURI)
    if (!this.server.pathname.endsWith('/')) this.server.pathname += '/'
    // A visitor who never opens the chat costs the server nothing; one who did may have an answer waiting.
    if (this.open || kept(this.server, 'secret') || kept(this.server, 'seen')) this.connect()
    this.invitation = new Invitation(this.server, (text) => this.view?.launcher?.invite(text))
    if (!this.open) this.invitation.plan(this.getAttribute('invite') ?? '', this.getAttribute('invite-after'))
  }

  private leave(): void {
    this.invitation?.end()
    this.conversation?.close()
    this.conversation = this.welcome = this.greeting = undefined
  }

  private connect(): void {
    this.conversation ??= new Conversation(this.server, {
      state: (state) => this.tell(state),
      welcome: (welcome) => this.welcomed(welcome),
      change: () => this.show(),
      message: (entry) => this.heard(entry),
      typing: (soFar) => this.view?.log.type(true, soFar),
      refused: () => this.refused(),
      locale: () => wordsOf(this).locale,
      token: async () => (typeof this.token === 'function' ? this.token() : this.token),
    })
  }

  private tell(state: State): void {
    this.show()
    if (state === 'online') this.view?.log.announce()
    else this.view?.log.type(false)
  }

  private welcomed(welcome: Welcome): void {
    this.welcome = welcome
    const parts = welcome.greeting
    if (parts) this.greeting ??= anchored<BotEntry>({ from: 'bot', id: 'greeting', parts, at: Date.now() }, this.server)
    this.entitle()
  }

  /** What the bot says while the page is here. */
  private heard(entry: BotEntry): void {
    if (this.view?.header.aloud) speak(this.view.log.textOf(entry.id), wordsOf(this).locale)
    this.dispatchEvent(new CustomEvent('message', { detail: entry }))
  }

  /** The page can set another token; a function is asked for one. */
  private refused(): void {
    this.dispatchEvent(new Event('refused'))
    if (typeof this.token === 'function') setTimeout(() => this.conversation?.connect(), PAUSE)
  }

  private async bearer(): Promise<string> {
    const { token } = this
    return (typeof token === 'function' ? await token() : token) ?? kept(this.server, 'secret') ?? ''
  }

  private show(): void {
    const { lines } = this.conversation?.transcript ?? { lines: [] }
    const state = this.conversation?.state ?? 'connecting'
    const last = lines.findLast(({ from }) => from === 'bot')
    this.view?.header.show(state, last?.from === 'bot' ? last.speaker : undefined)
    this.view?.log.show(this.greeted(lines), state === 'online')
    if (this.open) see(this.server, lines)
    this.view?.launcher?.unread(this.open ? 0 : unread(this.server, lines))
  }

  private greeted(lines: Line[]): Line[] {
    if (!this.greeting) return lines
    return [{ ...this.greeting, at: Math.min(this.greeting.at, lines[0]?.at ?? Number.POSITIVE_INFINITY) }, ...lines]
  }
}
