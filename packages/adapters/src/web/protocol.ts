import type { OutgoingMessage, Part } from '@colloquy/core'

/** The longest message, in UTF-16 code units: what `text.length` counts, so that page and server agree. */
export const MAX_TEXT = 4000

/** What the customer said, as every page of the conversation shows it. */
export interface CustomerEntry {
  from: 'customer'
  /** Made by the page, so that a message which is sent again is recognised. */
  id: string
  text: string
  choice?: string
  /** Milliseconds since 1970. */
  at: number
}

/** What the bot said. */
export interface BotEntry extends OutgoingMessage {
  from: 'bot'
  /** Milliseconds since 1970. */
  at: number
}

/** One line of a conversation: history and live messages have the same form. */
export type Entry = CustomerEntry | BotEntry

/** The first event after a connection. */
export interface Welcome {
  /** The secret that leads back to this conversation: the page keeps it and nobody else may see it. */
  conversation: string
  title: string
  greeting?: Part[]
}

/** What the page sends. */
export interface Draft {
  id: string
  text: string
  choice?: string
}

/** The acknowledgement of a draft: `ok` once it is durable; `retry` tells whether sending it again may help. */
export type Answer = { ok: true } | { ok: false; error: string; retry: boolean }

/** In this order after a connection: `welcome`, `history`, then whatever happens. */
export interface ServerEvents {
  welcome(welcome: Welcome): void
  history(entries: Entry[]): void
  message(entry: Entry): void
  /** An answer is on its way; what is written of it so far, where that is known. */
  typing(soFar?: string): void
}

export interface ClientEvents {
  message(draft: Draft, acknowledge: (answer: Answer) => void): void
}

/** What the page tells when it connects. */
export interface Handshake {
  conversation?: string
  /** A BCP 47 tag. */
  locale?: string
}
