import type { Logger } from 'pino'
import type { LogEvent } from './log/event.js'
import type { IncomingMessage, Json, OutgoingMessage } from './message.js'

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
  log: Logger
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
  /** Sends one message. May be called again with the same `message.id` after a crash or an error. */
  send(address: Json, message: OutgoingMessage): Promise<void>
  /** Shows that an answer is on its way, and what is written of it so far, where the channel can. It may be lost. */
  typing?(address: Json, soFar?: string): Promise<void>
  stop(): Promise<void>
}
