import type { Json, Part } from '../message.js'

/** Something that the people who take over conversations should see. */
export interface Relayed {
  /** Relaying it twice with one id must show it once. */
  id: string
  conversation: string
  person: string
  channel: string
  /** What the customer is called, where the channel knows it. */
  name?: string
  /** The customer's channel address, for a desk that answers there itself. */
  address: Json
  /** Set where the conversation is handed over now: why. */
  reason?: string
  parts: Part[]
  /** Set where it may have been relayed before. */
  again?: true
}

/**
 * Where conversations go that a person must take over. What people answer comes back through `bot.say(conversation, text,
 * { from: 'Mia' })`, and `bot.takeBack(conversation)` ends it.
 *
 * @example
 * ```ts
 * const desk: Desk = {
 *   async relay({ conversation, reason, parts }) { await postToSupportChannel(conversation, reason, parts) },
 * }
 * ```
 */
export interface Desk {
  /** Called in order, and again after an error or a crash: what it was given is stored until it resolves. */
  relay(item: Relayed): Promise<void>
}
