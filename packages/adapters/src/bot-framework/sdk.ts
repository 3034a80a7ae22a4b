import type { Fields } from '../http/shape.js'
import { agents } from './agents.js'
import { botbuilder } from './botbuilder.js'
import type { Cloud } from './cloud.js'

/** An activity to send, without the fields that say where to. */
export type Draft = { type: string } & Fields

/** A conversation as both libraries want to be told of it. */
export interface Reference {
  channelId: string
  serviceUrl: string
  conversation: { id: string; isGroup: boolean; conversationType: string; tenantId?: string }
  bot: { id: string; name: string }
  agent: { id: string; name: string }
}

/** What both libraries' contexts of a turn can do. */
export interface Context {
  readonly activity: { id?: string }
  sendActivity(draft: Draft): Promise<{ id?: string } | undefined>
  updateActivity(draft: Draft): Promise<unknown>
}

/** What the adapter needs of a library: each of Microsoft's two can be held to it. */
export interface Sdk {
  /** Checks the token of a delivery, and calls `turn` with what it says where it is a good one. */
  receive(authorization: string, body: Fields, turn: (claims: Fields) => Promise<void>): Promise<void>
  /** Speaks in a conversation of one's own accord. */
  converse(reference: Reference, speak: (context: Context) => Promise<void>): Promise<void>
}

/** Microsoft's libraries for bots: the new one, and the one whose support has ended. */
export type Library = 'agents-hosting' | 'botbuilder'

/** The library that was asked for, else whichever is installed. */
export async function load(library: Library | undefined, cloud: Cloud): Promise<Sdk> {
  if (library === 'botbuilder') return botbuilder(cloud)
  const first = agents(cloud)
  return library ? first : first.catch((error) => botbuilder(cloud).catch(() => Promise.reject(error)))
}

/** Both libraries make up an activity that a proactive message would answer, which the service has never heard of. */
export function anew(context: Context): Context {
  delete context.activity.id
  return context
}
