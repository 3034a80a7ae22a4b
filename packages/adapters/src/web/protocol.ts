import type { OutgoingMessage, Part } from '@colloquy/core'

/** The longest message, or form in all, in UTF-16 code units: what `text.length` counts, so that page and server agree. */
export const MAX_TEXT = 4000
/** How many files one message may carry. */
export const MAX_FILES = 5

/**
 * A file as the page shows it. A `url` without a scheme is relative to the chat's own address, and good for a day: the next
 * history holds a fresh one. The same goes for the URLs in what the bot says.
 */
export interface ShownFile {
  name: string
  /** Media type, such as `image/png`. */
  type: string
  url: string
}

/** What the customer said, as every page of the conversation shows it. */
export interface CustomerEntry {
  from: 'customer'
  /** Made by the page, so that a message which is sent again is recognised. */
  id: string
  text: string
  choice?: string
  /** What was typed into a form, by the names of its fields. */
  fields?: Record<string, string>
  files?: ShownFile[]
  /** Milliseconds since 1970. */
  at: number
}

/** What the bot said, or the person called `speaker`: as long as the last entry has one, a person answers. */
export interface BotEntry extends OutgoingMessage {
  from: 'bot'
  at: number
  /** The thumb that the customer has given it, in a history. */
  rated?: 1 | -1
}

/** One line of a conversation: history and live messages have the same form. */
export type Entry = CustomerEntry | BotEntry

/** The first event after a connection. */
export interface Welcome {
  /**
   * The secret that leads back to this conversation: the page keeps it and nobody else may see it. Absent where an identity
   * token does that: a person who has one has one conversation, on all devices.
   */
  conversation?: string
  title: string
  greeting?: Part[]
  /** What files are taken: `limit` in bytes, media types such as `image/png` or `audio/*`. Absent where none are. */
  uploads?: { limit: number; types: string[] }
}

/** What the page sends. With `fields`, or with the ids of `uploads`, the text may be empty. */
export interface Draft {
  id: string
  text: string
  choice?: string
  fields?: Record<string, string>
  uploads?: string[]
}

/** A thumb up or down on something that the bot said, sent as a message: `message` is the id of that entry. */
export interface Rating {
  id: string
  feedback: { value: 1 | -1; message: string }
}

/** What went wrong, in words for the customer; `retry` tells whether sending it again may help. */
export type Problem = { ok: false; error: string; retry: boolean }

/** The acknowledgement of a draft: `ok` once it is durable. */
export type Answer = { ok: true } | Problem

/** The `data` of a `connect_error`: the token is no good (any more). Get a fresh one and connect; socket.io does not by itself. */
export type Refused = { code: 'token'; error: string }

/**
 * What `POST uploads?name=photo.png` answers, with the file as the body, its media type in `Content-Type`, and the
 * conversation's secret or the identity token in `Authorization: Bearer …`. Anything else is a {@link Problem}.
 */
export interface Uploaded extends ShownFile {
  /** For the `uploads` of a draft. */
  id: string
  /** Bytes. */
  size: number
}

/**
 * In this order after a connection: `welcome`, `history`, then whatever happens. Where socket.io has recovered the
 * connection (`socket.recovered`) there is neither: what was missed comes as messages.
 */
export interface ServerEvents {
  welcome(welcome: Welcome): void
  history(entries: Entry[]): void
  message(entry: Entry): void
  /** An answer is on its way; what is written of it so far, where that is known. */
  typing(soFar?: string): void
}

export interface ClientEvents {
  message(draft: Draft | Rating, acknowledge: (answer: Answer) => void): void
}

/** What the page tells when it connects: a BCP 47 tag, and an identity token where the site has signed the person in. */
export interface Handshake {
  conversation?: string
  token?: string
  locale?: string
}
