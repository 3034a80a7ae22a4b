import type { Role, Turn } from '../data/transcript.js'
import type { Problems } from './problems.js'

/** What one format reads out of an export, before it is known which conversation it belongs to and who the agents are. */
export interface Message {
  /** What it was said in: a channel, a ticket, a chat. */
  chat: string
  /** Which thread of the chat. A chat without threads (`''`) is cut into conversations by time and topic. */
  thread: string
  /** The key of who said it, which {@link Person} has too; `''` for nobody. */
  speaker: string
  /** Their name, where the message itself tells it. */
  name?: string | undefined
  /** Where the format knows it. */
  role?: Role | undefined
  text: string
  /** Unix seconds. */
  ts?: number | undefined
  source: string
  /** Unique in its chat: a second message of the same id is left out. */
  id?: string | undefined
  /** Begins a conversation whatever time has passed. */
  starts?: boolean | undefined
  /** The chat is one conversation, such as a ticket, and not cut. */
  whole?: boolean | undefined
  /** The thread ends with the message of this time. */
  until?: number | undefined
  attachments?: string[] | undefined
  /** What else is known of the turn. */
  more?: Pick<Turn, 'predicted' | 'confidence' | 'decision' | 'action' | 'review'> | undefined
}

/** Somebody who speaks in an export, or is in its list of users. */
export interface Person {
  key: string
  /** Names, handles and addresses that they go by. */
  names: string[]
  bot: boolean
}

/** What a source tells apart from its messages. */
export interface Reader {
  /** The export's own list of users. */
  people: Person[]
  /** Whether messages stand in the order in which they were sent. */
  ordered: boolean
  /** Who among those who speak in a chat is the customer, where the export tells: the others are agents. */
  other?(speakers: string[], chat: string): string | undefined
  /** Every message, some at a time. */
  messages(problems: Problems): AsyncGenerator<Message[]>
  /** What is enough to learn who answers and how long people pause, where that is not every message. */
  sample?(problems: Problems): AsyncGenerator<Message[]>
}
