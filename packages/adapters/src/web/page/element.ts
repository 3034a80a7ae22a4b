import { Invitation } from './invitation.js'
import { css } from './style/index.js'
import { ChatView } from './view/chat.js'
import { type Stage, type Token, Visit } from './visit.js'
import type { Texts } from './words/en.js'
import { type Words, wordsOf } from './words/index.js'

/** Where this script came from: the server of an element that names none. */
const home = (document.currentScript as HTMLScriptElement | null)?.src ?? location.href

// A constructed sheet, because a strict content security policy forbids style elements.
const sheet = new CSSStyleSheet()
sheet.replaceSync(css)

/**
 * `<colloquy-chat server="https://bot.example.com" title="Northbank">`: a conversation with a bot. `docs/web.md` lists its
 * attributes, properties, events, slots and custom properties of style.
 */
export class ColloquyChat extends HTMLElement implements Stage {
  static readonly observedAttributes = ['title', 'open', 'server', 'token', 'lang', 'dir', 'mode', 'speech', 'feedback']

  view: ChatView | undefined
  private readonly root = this.attachShadow({ mode: 'open' })
  private texts: Partial<Texts> = {}
  private identity: Token | undefined
  private visit: Visit | undefined
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
    if (choice === undefined) this.visit?.send(text)
    else this.visit?.choose({ label: text, value: choice })
  }

  /** The words of the chat as it is now. */
  spoken(): Words {
    return wordsOf(this, this.texts)
  }

  connectedCallback(): void {
    // What was set before the script had loaded hides the accessors.
    for (const name of ['words', 'token'] as const) {
      if (!Object.hasOwn(this, name)) continue
      const { [name]: value } = this
      Reflect.deleteProperty(this, name)
      Object.assign(this, { [name]: value })
    }
    this.move()
  }

  disconnectedCallback(): void {
    this.leave()
  }

  attributeChangedCallback(name: string): void {
    if (!this.isConnected) return
    if (name === 'title') this.visit?.entitle()
    else if (name === 'open') this.toggled()
    else if (name === 'server' || name === 'token') this.move()
    else this.draw()
  }

  private get launches(): boolean {
    return this.getAttribute('mode') === 'launcher'
  }

  /** Draws everything anew, in the words and the form that the attributes ask for. */
  private draw(): void {
    if (!this.visit) return
    const look = {
      words: this.spoken(),
      launcher: this.launches,
      speech: this.getAttribute('speech') !== 'off',
      feedback: this.hasAttribute('feedback'),
    }
    const typed = this.view?.composer.typed
    this.view = new ChatView(look, this.visit, {
      toggle: () => {
        this.open = !this.open
      },
      decline: () => this.invitation?.end(),
    })
    if (typed) this.view.composer.typed = typed
    this.root.replaceChildren(this.view.root)
    this.visit.draw()
    if (this.open) this.view.open(true)
  }

  private toggled(): void {
    if (!this.launches) return
    if (this.open) this.visit?.connect()
    this.invitation?.end()
    this.view?.open(this.open)
    this.visit?.show()
    this.dispatchEvent(new Event(this.open ? 'open' : 'close'))
  }

  /** Goes to the server that the element names now, as who it says. */
  private move(): void {
    this.leave()
    const named = this.getAttribute('server')
    const server = new URL(named ?? '.', named === null ? home : document.baseURI)
    if (!server.pathname.endsWith('/')) server.pathname += '/'
    this.visit = new Visit(server, this)
    this.draw()
    this.invitation = new Invitation(server, (text) => this.view?.launcher?.invite(text))
    if (!this.open) this.invitation.plan(this.getAttribute('invite') ?? '', this.getAttribute('invite-after'))
  }

  private leave(): void {
    this.invitation?.end()
    this.visit?.leave()
  }
}
