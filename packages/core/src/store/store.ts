import type { Conversation } from '../conversation.js'
import type { LogEvent } from '../log/event.js'
import type { IncomingMessage } from '../message.js'
import type { Profile } from '../profile.js'

/** A conversation as it was saved. */
export interface Stored {
  document: Conversation
  /** 1 at the first save, one more at each. */
  version: number
  /** False while its outbox may not have reached the channel. */
  settled: boolean
}

/** One turn's write: all of it or nothing. */
export interface Commit {
  document: Conversation
  /** The version that the turn was made from; 0 for a new conversation. */
  expected: number
  events: readonly LogEvent[]
  /** When the sweep should look at it, in milliseconds since 1970: now if something must be sent; undefined if never. */
  due?: number
  /** The id of the waiting message that this turn has handled. */
  handled?: string
  /** What is known of the person now, where the turn has changed it. */
  profile?: Profile
}

/** All that is kept about one person. */
export interface Kept {
  profiles: Profile[]
  conversations: Conversation[]
  waiting: IncomingMessage[]
  events: LogEvent[]
}

/**
 * Where conversations and the log live. One contract suite tests every implementation.
 *
 * Every method throws {@link ColloquyError} `store_unavailable` where the database fails; the caller may try again.
 */
export interface Store {
  /** Whether several processes may use it at once: a message is then stored before its turn, so that its order is fixed. */
  readonly shared: boolean
  /**
   * Connects and migrates.
   *
   * @param options - `existing`: only to read what a bot has written there. Nothing is made or changed, and it is an error
   *   where there is nothing of the kind: the database may be somebody else's.
   */
  open(options?: { existing?: boolean }): Promise<void>
  load(conversation: string): Promise<Stored | undefined>
  /** Writes a turn, or returns false where the version is no longer the expected one. */
  save(commit: Commit): Promise<boolean>
  /** Notes that the outbox of this version has been sent; nothing happens where a newer one has been saved. */
  settle(conversation: string, version: number, due?: number): Promise<void>
  /**
   * Keeps a message until a turn has handled it. A message that waits already is not kept twice.
   *
   * @param due - from when on `due` names its conversation, in milliseconds since 1970: until then whoever stored it has it
   *   in hand.
   */
  append(message: IncomingMessage, due: number): Promise<void>
  /** The first `limit` messages that wait, oldest first. What has been seen here is never overtaken. */
  waiting(conversation: string, limit: number): Promise<IncomingMessage[]>
  /** Conversations with something to do at `now` (milliseconds since 1970), longest overdue first. */
  due(now: number, limit: number): Promise<string[]>
  /** The last events of a conversation, oldest first. */
  history(conversation: string, limit: number): Promise<LogEvent[]>
  /** The whole log, oldest first, from `since` (milliseconds since 1970) on. */
  events(since?: number): AsyncIterable<LogEvent>
  profile(person: string): Promise<Profile | undefined>
  /** Writes a profile outside a turn. */
  keep(profile: Profile): Promise<void>
  /** All that is kept about these people. */
  export(people: readonly string[]): Promise<Kept>
  /** Removes all that is kept about these people, so that nothing of it can be read from the database any more. */
  forget(people: readonly string[]): Promise<void>
  /**
   * Removes events from before `events` and conversations last saved before `conversations` that have nothing to do
   * (both in milliseconds since 1970).
   */
  expire(before: { events?: number; conversations?: number }): Promise<void>
  close(): Promise<void>
}
