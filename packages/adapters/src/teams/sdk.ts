import { missing } from '@colloquy/core'
import type { Cloud } from './cloud.js'

/** What is sent: an activity without the fields that say where to. */
export type Draft = { type: string } & Record<string, unknown>

/** A conversation as the libraries want to be told of it. */
export interface Reference {
  channelId: string
  serviceUrl: string
  conversation: { id: string; isGroup: boolean; conversationType?: string; tenantId?: string }
  bot: { id: string; name: string }
  user?: { id: string; name: string }
}

/** The part of a turn's context that both libraries have. */
export interface Context {
  sendActivity(draft: Draft): Promise<{ id?: string } | undefined>
  updateActivity(draft: Draft): Promise<unknown>
}

/** A request that has been read: its `authorization` header, and its body. */
export interface Delivery {
  authorization: string
  body: Record<string, unknown>
}

/** What a token says about who sent it, once it has been checked. */
export type Claims = Readonly<Record<string, unknown>>

/** What the adapter needs of a library: either of Microsoft's two fits. */
export interface Sdk {
  /**
   * Checks the token of a delivery, and hands over what it says. Undefined where nobody can vouch for the delivery.
   *
   * @throws what stands in the way of checking it, or what `turn` throws.
   */
  receive<T>(delivery: Delivery, turn: (claims: Claims) => Promise<T>): Promise<T | undefined>
  /** Speaks in a conversation that there is. */
  converse<T>(reference: Reference, speak: (context: Context) => Promise<T>): Promise<T>
  /** Starts a thread in a channel of a team, and resolves with the id of its conversation. */
  open(reference: Reference, first: Draft): Promise<string>
}

/** Microsoft's libraries for bots: the new one, and the one that has ended. */
export type Library = 'agents-hosting' | 'botbuilder'

/** The library that was asked for, or whichever is installed. */
export async function load(library: Library | undefined, cloud: Cloud): Promise<Sdk> {
  const agents = async () => {
    const hosting = await import('@microsoft/agents-hosting')
    return (await import('./agents.js')).agents(hosting, cloud)
  }
  const botbuilder = async () => (await import('./botbuilder.js')).botbuilder(await import('botbuilder'), cloud)
  const absent = (name: string) => (error: unknown) => {
    throw missing(name, `npm install ${name}`, error)
  }
  if (library === 'botbuilder') return botbuilder().catch(absent('botbuilder'))
  if (library === 'agents-hosting') return agents().catch(absent('@microsoft/agents-hosting'))
  return agents().catch(botbuilder).catch(absent('@microsoft/agents-hosting'))
}
