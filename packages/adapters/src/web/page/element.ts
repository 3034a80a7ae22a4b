import type { BotEntry, Welcome } from '../protocol.js'
import { Conversation, type State } from './conversation.js'
import { keep, kept } from './kept.js'
import { speak } from './speech.js'
import { css } from './style/index.js'
import type { Line } from './transcript.js'
import { see, unread } from './unread.js'
import { ChatView } from './view/chat.js'
import type { Texts } from './words/en.js'
import { wordsOf } from './words/index.js'

/** Where this script came from: the server of an element that names none. */
const home = (document.currentScript as HTMLScriptElement | null)?.src ?? location.href
/** Seconds until a closed chat invites the customer. */
const INVITE_AFTER = 5

// A constructed sheet, because a strict content security policy forbids style elements.
const sheet = new CSSStyleSheet()
sheet.replaceSync(css)

/**
 * `<colloquy-chat server="https://bot.example.com" title="Northbank">`: a conversation with a bot. `docs/web.md` lists its
 * attributes, properties, events, slots and custom properties of style.
 */
export class ColloquyChat extends HTMLElement {
  static readonly observedAttributes = ['title', 'open', 'server', 'lang', 'dir', 'mode', 'speech']

  private readonly root = this.attachShadow({ mode: 'open' })
  private texts: Partial<Texts> = {}
  private view: ChatView | undefined
  private server = new URL(home)
  private conversation: Conversation | undefined
  private greeting: BotEntry | undefined
  private served = ''
  private invitation: ReturnType<typeof setTimeout> | undefined

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
    this.view?.log.toEnd()
    this.conversation?.send(text, choice)
    this.view?.focus()
  }

  connectedCallback(): void {
    // What was set before the script had loaded hides the accessor.
    if (Object.hasOwn(this, 'words')) {
      const { words } = this
      Reflect.deleteProperty(this, 'words')
      this.texts = words
    }
    this.draw()
    this.move()
    this.invite()
  }

  disconnectedCallback(): void {
    clearTimeout(this.invitation)
    this.leave()
  }

  attributeChangedCallback(name: string): void {
    if (!this.isConnected) return
    if (name === 'title') this.entitle()
    else if (name === 'open') this.toggled()
    else if (name === 'server') this.move()
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
      { words, speech, launcher: this.launches },
      {
        send: (text) => this.send(text),
        choose: ({ label, value }) => this.send(label, value),
        retry: (id) => this.conversation?.retry(id),
        restart: () => {
          this.conversation?.restart()
          this.view?.focus()
        },
        toggle: () => {
          this.open = !this.open
        },
      },
    )
    this.root.replaceChildren(this.view.root)
    this.entitle()
    this.tell(this.conversation?.state ?? 'connecting')
    if (this.open) this.view.open(true)
  }

  private entitle(): void {
    this.view?.header.title(this.getAttribute('title') ?? this.served)
  }

  private toggled(): void {
    if (!this.launches) return
    if (this.open) {
      this.connect()
      this.invited()
    }
    this.view?.open(this.open)
    this.show()
    this.dispatchEvent(new Event(this.open ? 'open' : 'close'))
  }

  /** Goes to the server that the element names now. */
  private move(): void {
    this.leave()
    const named = this.getAttribute('server')
    this.server = new URL(named ?? '.', named === null ? home : document.baseURI)
    if (!this.server.pathname.endsWith('/')) this.server.pathname += '/'
    // A visitor who never opens the chat costs the server nothing; one who did may have an answer waiting.
    if (this.open || kept(this.server, 'secret')) this.connect()
  }

  private leave(): void {
    this.conversation?.close()
    this.conversation = undefined
    this.greeting = undefined
  }

  private connect(): void {
    this.conversation ??= new Conversation(
      this.server,
      {
        state: (state) => this.tell(state),
        welcome: (welcome) => this.welcome(welcome),
        change: () => this.show(),
        message: (entry) => this.heard(entry),
        typing: (soFar) => this.view?.log.type(true, soFar),
      },
      () => wordsOf(this).locale,
    )
  }

  private tell(state: State): void {
    this.view?.header.show(state)
    this.show()
    if (state === 'online') this.view?.log.announce()
    else this.view?.log.type(false)
  }

  private welcome({ title, greeting }: Welcome): void {
    this.served = title
    this.entitle()
    if (greeting) this.greeting ??= { from: 'bot', id: 'greeting', parts: greeting, at: Date.now() }
  }

  /** What the bot says while the page is here. */
  private heard(entry: BotEntry): void {
    if (this.view?.header.aloud) speak(this.view.log.textOf(entry.id), wordsOf(this).locale)
    this.dispatchEvent(new CustomEvent('message', { detail: entry }))
  }

  private show(): void {
    const { lines } = this.conversation?.transcript ?? { lines: [] }
    this.view?.log.show(this.greeted(lines), this.conversation?.state === 'online')
    if (this.open) see(this.server, lines)
    this.view?.launcher?.unread(this.open ? 0 : unread(this.server, lines))
  }

  private greeted(lines: Line[]): Line[] {
    if (!this.greeting) return lines
    return [{ ...this.greeting, at: Math.min(this.greeting.at, lines[0]?.at ?? Number.POSITIVE_INFINITY) }, ...lines]
  }

  /** Once in a browser, and only who has not talked yet. */
  private invite(): void {
    const text = this.getAttribute('invite') ?? ''
    if (!text || this.open || kept(this.server, 'secret') || kept(this.server, 'invited')) return
    const show = () => {
      keep(this.server, 'invited', 'yes')
      this.view?.launcher?.invite(text, () => this.invited())
    }
    this.invitation = setTimeout(show, Number(this.getAttribute('invite-after') ?? INVITE_AFTER) * 1000)
  }

  private invited(): void {
    clearTimeout(this.invitation)
    keep(this.server, 'invited', 'yes')
    this.view?.launcher?.invite('', () => {})
  }
}
