import type { Choice, Json, OutgoingMessage, Part } from './message.js'

/** The only `format` of a conversation document that this version reads and writes. */
export const CONVERSATION_FORMAT = 1

/** How many inbound message ids a document remembers, to know a duplicate by. */
export const SEEN_LIMIT = 50

/** A question that waits for its answer. */
export interface Pending {
  /** The slot, or the name given to `confirm` or `choose`. */
  name: string
  kind: 'slot' | 'confirm' | 'choose'
  question: string
  choices?: Choice[]
  /** The slots in the form that went with the question. */
  form?: string[]
  /** Hash of what a `confirm` or `choose` was about: an answer to another question is not taken for this one's. */
  about?: string
  /** How often in a row the answer did not fit. */
  misses: number
}

/** What a step, a commit, a confirmation or a choice gave. */
export interface Result {
  /** Hash of the input. */
  input: string
  output?: Json
  /** The message of what was thrown, instead of an output. */
  error?: string
  /** For a commit: the slots asked before it, which are closed to correction now. */
  closed?: string[]
}

/** One dialog under way. */
export interface Frame {
  /** Never used twice in a conversation. */
  id: number
  dialog: string
  /** The intent that opened it. */
  intent?: string
  /** What a built-in dialog was opened with. */
  input?: Json
  slots: Record<string, Json>
  results: Record<string, Result>
  /** Hashes of what this run has said. */
  said: string[]
  pending?: Pending
  /** When the question is asked once more, and when the dialog is given up; in milliseconds since 1970. */
  remindAt?: number
  expireAt?: number
  /** Whether this question has been asked once more. */
  reminded?: boolean
}

/** A message under way; `reason` is set where it hands the conversation over. */
export type Outgoing = OutgoingMessage & { to?: 'desk'; reason?: string }

/**
 * All that a turn needs to know, as one JSON document: its size depends on the dialogs under way, not on how long people
 * talk.
 */
export interface Conversation {
  format: typeof CONVERSATION_FORMAT
  id: string
  channel: string
  person: string
  /** What the person is called, where the channel knows it. */
  name?: string
  /** Set where this belongs to a desk: the customer's conversation that a thread serves, or the thread of a customer's tie. */
  serves?: string
  /** The channel's own; refreshed by every message. */
  address: Json
  locale: string
  /** Ids of the last messages, oldest first. */
  seen: string[]
  /** Dialogs under way; the last one is talking. */
  frames: Frame[]
  /** The id of the next frame. */
  nextFrame: number
  /** The message whose turn is at a commit: until that turn is saved, neither time nor a person may take its place. */
  committing?: string
  /** What a commit gave in a turn that has not been committed yet, by idempotency key. */
  checkpoints: Record<string, Json>
  /** What has been saved and not been sent yet: to the customer, or to the people at the desk. */
  outbox: Outgoing[]
  /** What the bot will say of its own accord; `at` in milliseconds since 1970. */
  scheduled: { at: number; parts: Part[] }[]
  /** What the bot last said, for "repeat". */
  last: OutgoingMessage['parts'][]
  /** Turns in a row that nothing was understood. */
  misses: number
  /** Set while a person has the conversation instead of the bot; `until` in milliseconds since 1970. */
  handoff?: { reason: string; until: number; answered?: true }
}

/** A conversation in which nothing has been said. */
export function newConversation(
  first: Pick<Conversation, 'id' | 'channel' | 'person' | 'address' | 'locale'>,
): Conversation {
  return {
    format: CONVERSATION_FORMAT,
    ...first,
    seen: [],
    frames: [],
    nextFrame: 1,
    checkpoints: {},
    outbox: [],
    scheduled: [],
    last: [],
    misses: 0,
  }
}

/** Whether a message is one of the last that this conversation has had a turn for. */
export function seen(conversation: Conversation, message: string): boolean {
  return conversation.seen.includes(message)
}

/** Notes the message of this turn: what is committed with the turn is what makes a second delivery a duplicate. */
export function saw(conversation: Conversation, message: string): void {
  conversation.seen.push(message)
  if (conversation.seen.length > SEEN_LIMIT) conversation.seen.shift()
}

/** The dialog that is talking. */
export function top(conversation: Conversation): Frame | undefined {
  return conversation.frames.at(-1)
}

/** Puts a dialog on top of those under way. */
export function push(conversation: Conversation, frame: Pick<Frame, 'dialog' | 'intent' | 'input'>): Frame {
  const made: Frame = { id: conversation.nextFrame++, slots: {}, results: {}, said: [], ...frame }
  conversation.frames.push(made)
  return made
}

/** The process that saved a turn has its replies in hand; others take them up after this long, in milliseconds. */
export const IN_HAND = 5000

/** When a conversation has something to do, in milliseconds since 1970; undefined for never. */
export function dueOf({ outbox, scheduled, handoff, frames }: Conversation, now: number): number | undefined {
  const times = scheduled.map(({ at }) => at)
  if (outbox.length > 0) times.push(now + IN_HAND)
  if (handoff) times.push(handoff.until)
  else for (const { remindAt = Infinity, expireAt = Infinity } of frames) times.push(remindAt, expireAt)
  const due = Math.min(...times)
  return due === Infinity ? undefined : due
}
