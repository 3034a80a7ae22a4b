import type { Channel, Json } from '@colloquy/core'

/** A message as a person sees it in the remote service. */
export interface Seen {
  id: string
  /** All that can be read in it, Markdown or the service's own mark-up included. */
  text: string
  /** Who it is from, where that is somebody else than the bot and the service can show it. */
  by?: string
  /** What can be pressed, or chosen in another way that the text explains. */
  choices: string[]
  /** Alternative texts, or names where the service has no such texts. */
  images: string[]
  /** Names of files, and how many bytes of each reached the service. */
  files: { name: string; bytes: number }[]
  /** The thread that it stands in, where the service has threads. */
  thread?: string
}

/** A file that a person sends. */
export interface Sent {
  name: string
  type: string
  bytes: Uint8Array
}

/** How somebody writes; by default the one customer, in a conversation of their own with the bot. */
export interface Writing {
  /** What they are called. */
  name?: string
  files?: Sent[]
  /** Written by the bot's own account, or by another bot. */
  bot?: 'own' | 'other'
  /** Where: the customer's own conversation, or the room where people work. */
  where?: 'customer' | 'room'
  thread?: string | undefined
}

/** What a service can do; a test of what it cannot is left out, under a name that says so. */
export interface Features {
  /** A message that stands can be replaced, so that an answer can be shown while it is written. */
  edit: boolean
  typing: boolean
  /** Messages that people write to the bot in a thread are answered there. */
  threads: boolean
  /** Has a room for people who take over, with threads ({@link Channel.openThread}). */
  room: boolean
  /** Tells bots from people, so that loops are possible. */
  bots: boolean
  /** Requests are signed or carry a token, so that they can be forged. */
  signed: boolean
  /** The service limits how fast is sent, and says when to try again. */
  limits: boolean
}

/**
 * A stand-in for the remote service, which speaks the service's own protocol to the real library, on this machine. It
 * outlives the channels that are connected to it, as the real one does.
 */
export interface Remote {
  /** What `connect` is given, in this process or another. */
  readonly options: Json
  /** What {@link Channel.openThread} is given. */
  readonly room?: Json
  /** Somebody writes. Resolves with the message's id once the service has its acknowledgement, and fails where it gets none. */
  write(text: string, how?: Writing): Promise<string>
  /** Delivers a message once more, as the service does where an acknowledgement was lost. */
  again(id: string): Promise<void>
  /** Delivers what had no acknowledgement, as the service does by and by. Resolves once all of it has one. */
  redeliver(): Promise<void>
  /** The customer takes what is offered last under this label. */
  press(label: string): Promise<string>
  /** The customer rates a message by thumb. */
  rate(message: Seen, value: 1 | -1): Promise<void>
  /** What stands in the conversation with the bot, or in the room, oldest first; what people wrote is left out. */
  seen(where?: 'customer' | 'room'): Promise<Seen[]>
  /** How often the service was told that an answer is on its way. */
  typing(): number
  /** Every text that a message with this id has had, oldest first. */
  history(id: string): string[]
  /**
   * Delivers what nobody should take: a message with a forged signature or token, or a signed one that is not what the
   * service sends. Resolves with the HTTP status, or with `closed` where there is none.
   */
  forge(what: 'signature' | 'malformed'): Promise<number | 'closed'>
  /** The next `calls` calls of the bot are turned away: with 429 and a `Retry-After` of a second, or as by a broken service. */
  refuse(how: 'limit' | 'broken', calls: number): void
  stop(): Promise<void>
}

/** What the module of a remote exports under the name `remote`. */
export interface RemoteModule {
  /** The module itself, `import.meta.url`: another process imports it too. */
  readonly place: string
  /** As it stands in the names of the tests: `Slack over HTTP`. */
  readonly name: string
  /** The name of the channel that `connect` makes. */
  readonly channel: string
  /** The longest text of one message that the adapter may send, in UTF-16 code units. */
  readonly longest: number
  readonly has: Features
  /** Starts the stand-in. */
  start(): Promise<Remote>
  /** A new adapter that talks to a stand-in. */
  connect(options: Json): Channel
}
