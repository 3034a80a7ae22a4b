import type { BotEntry, Welcome } from '../protocol.js'
import { Conversation, type State } from './conversation.js'
import css from './style.css'
import { ComposerView } from './view/composer.js'
import { h } from './view/dom.js'
import { HeaderView } from './view/header.js'
import { LogView } from './view/log.js'

/** Where this script came from: the server of an element that names none. */
const home = (document.currentScript as HTMLScriptElement | null)?.src ?? location.href

// A constructed sheet, because a strict content security policy forbids style elements.
const sheet = new CSSStyleSheet()
sheet.replaceSync(css)

/**
 * `<colloquy-chat server="https://bot.example.com" title="Northbank">`: a conversation with a bot. `server` is where the
 * web channel lives and defaults to where this script came from; `title` defaults to the channel's own.
 */
export class ColloquyChat extends HTMLElement {
  static readonly observedAttributes = ['title']

  private conversation: Conversation | undefined
  private greeting: BotEntry | undefined
  private served = ''
  private readonly header = new HeaderView(() => this.restart())
  private readonly log = new LogView({
    choose: ({ label, value }) => this.send(label, value),
    retry: (id) => this.conversation?.retry(id),
  })
  private readonly composer = new ComposerView((text) => this.send(text))

  constructor() {
    super()
    const root = this.attachShadow({ mode: 'open' })
    root.adoptedStyleSheets = [sheet]
    // An empty title of its own, or the element's would hover over every line as a tooltip.
    const panel = h('section', { class: 'panel', title: '', 'aria-labelledby': 'title' })
    panel.append(this.header.root, this.log.root, this.composer.root)
    root.append(panel)
  }

  connectedCallback(): void {
    const url = new URL(this.getAttribute('server') ?? '.', this.hasAttribute('server') ? document.baseURI : home)
    if (!url.pathname.endsWith('/')) url.pathname += '/'
    this.conversation = new Conversation(url, {
      state: (state) => this.state(state),
      welcome: (welcome) => this.welcome(welcome),
      change: () => this.show(),
      typing: (soFar) => this.log.type(true, soFar),
    })
    this.attributeChangedCallback()
    this.header.show('connecting')
  }

  disconnectedCallback(): void {
    this.conversation?.close()
    this.conversation = undefined
  }

  attributeChangedCallback(): void {
    this.header.title(this.getAttribute('title') ?? this.served)
  }

  private send(text: string, choice?: string): void {
    this.log.toEnd()
    this.conversation?.send(text, choice)
    this.composer.focus()
  }

  private restart(): void {
    this.conversation?.restart()
    this.composer.focus()
  }

  private state(state: State): void {
    this.header.show(state)
    this.show()
    if (state === 'online') this.log.announce()
    else this.log.type(false)
  }

  private welcome({ title, greeting }: Welcome): void {
    this.served = title
    this.attributeChangedCallback()
    if (greeting) this.greeting ??= { from: 'bot', id: 'greeting', parts: greeting, at: Date.now() }
  }

  private show(): void {
    const { lines } = this.conversation?.transcript ?? { lines: [] }
    const at = Math.min(this.greeting?.at ?? 0, lines[0]?.at ?? Number.POSITIVE_INFINITY)
    const all = this.greeting ? [{ ...this.greeting, at }, ...lines] : lines
    this.log.show(all, this.conversation?.state === 'online')
  }
}
