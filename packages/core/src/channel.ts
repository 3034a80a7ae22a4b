import type { Logger } from 'pino'
import type { LogEvent } from './log/event.js'
import type { IncomingMessage, Json, OutgoingMessage } from './message.js'

/** The bytes of an attachment. */
export interface FileContent {
  /** As the sender named it: never a path. */
  name: string
  /** Media type, such as `image/png`. */
  type: string
  bytes: Uint8Array
}

/** What the engine gives to a channel when it starts. */
export interface ChannelHost {
  /**
   * Hands a message to the engine. Resolves once the message is durable: acknowledge it to the remote service then.
   *
   * @throws {@link ColloquyError} `bad_message` where it cannot be handled; do not retry. `store_unavailable`: do.
   */
  receive(message: IncomingMessage): Promise<void>
  /** The last `limit` events of a conversation, oldest first: what a page shows after a reconnect. */
  history(conversation: string, limit: number): Promise<LogEvent[]>
  /**
   * Reads the file behind the `url` of an attachment, image or file part, whichever channel it came in by: a `data:` URL, a
   * public `https:` one, or one of a channel's own (`slack:F123`), which that channel reads.
   *
   * @throws {@link ColloquyError} `bad_message` where it cannot be had: too large, gone, or on a private network.
   */
  file(url: string): Promise<FileContent>
  /** What this channel must remember across restarts, such as who has installed it. Keys are the channel's own. */
  kept: {
    get(key: string): Promise<Json | undefined>
    set(key: string, value: Json): Promise<void>
    delete(key: string): Promise<void>
  }
  log: Logger
}

/** Where a thread can be found again: messages written there carry this conversation. */
export interface Thread {
  conversation: string
  address: Json
}

/**
 * A way for people to talk to the bot. An adapter does four things and no more: verify, parse, acknowledge, send.
 *
 * @example
 * ```ts
 * const console_: Channel = {
 *   name: 'console',
 *   async start(host) { onLine((text) => host.receive(parse(text))) },
 *   async send(_address, message) { print(message) },
 *   async stop() {},
 * }
 * ```
 */
export interface Channel {
  /** Unique within a bot; the value of {@link IncomingMessage.channel}. */
  readonly name: string
  start(host: ChannelHost): Promise<void>
  /**
   * Sends one message. May be called again with the same `message.id` after a crash or an error. What it throws is tried
   * again later, unless it is a {@link ColloquyError} `bad_message`: that one is logged and given up.
   */
  send(address: Json, message: OutgoingMessage): Promise<void>
  /**
   * Shows that an answer is on its way, and what is written of it so far, where the channel can. It may be lost; the next
   * `send` to this address is the whole message, and takes the place of what was shown.
   */
  typing?(address: Json, soFar?: string): Promise<void>
  /**
   * Reads a file of its own, by the `url` that it gave to an attachment: `NAME:` and whatever it needs to find it.
   *
   * @throws {@link ColloquyError} `bad_message` where it is gone or too large.
   */
  file?(url: string): Promise<FileContent>
  /**
   * Starts a thread in a room where people work, such as a Slack channel, so that a conversation can be handed over to
   * them. `room` is what the user has configured for this channel.
   */
  openThread?(room: Json, message: OutgoingMessage): Promise<Thread>
  /** Removes what the channel itself keeps about these people, such as files that they have sent. */
  forget?(people: readonly string[]): Promise<void>
  stop(): Promise<void>
}
