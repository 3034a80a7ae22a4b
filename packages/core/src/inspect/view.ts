import type { LogEvent } from '../log/event.js'
import type { IntentScore } from '../nlu/classifier.js'
import type { Explanation } from '../nlu/explain.js'
import type { Stage } from '../telemetry.js'

/** One conversation in the list. Times are milliseconds since 1970, durations milliseconds, wherever the page is told any. */
export interface ConversationLine {
  id: string
  channel: string
  at: number
  /** What was decided last. */
  decision: string
}

/** One conversation as the page shows it. */
export interface ConversationView {
  id: string
  /** Undefined where it has been forgotten or has expired. */
  document?: DocumentView
  transcript: LogEvent[]
  /** Those that are remembered, the latest last. */
  turns: TurnView[]
  /** Whether the classifier can be asked for more about a turn. */
  explains: boolean
}

/** Why the classifier understands what it does. */
export type ExplanationView = Pick<Explanation, 'intent' | 'score' | 'scope' | 'words'>

/** What the engine remembers of a conversation, personal values masked. */
export interface DocumentView {
  version: number
  locale: string
  /** Turns in a row that were not understood. */
  misses: number
  /** Messages that have not been delivered. */
  unsent: number
  handoff?: string
  timers: { what: string; at: number }[]
  /** The one that is talking comes first. */
  frames: FrameView[]
}

/** A dialog under way. */
export interface FrameView {
  dialog: string
  title: string
  intent?: string
  slots: { name: string; value?: string; personal: boolean }[]
  results: { name: string; kind: 'result' | 'commit' | 'error'; value: string }[]
  pending?: { name: string; question: string; choices: string[]; misses: number }
}

/** One turn: what was decided, why, and how long it took. */
export interface TurnView {
  /** The id of the customer's message. */
  message: string
  at: number
  took: number
  stages: { stage: Stage; took: number }[]
  /** A kind of error, where the turn ended in one. */
  failed?: string
  why?: Why
}

/** Why a decision was taken, in words. */
export interface Why {
  decision: string
  because: string
  /** What the decision depended on. */
  facts: { name: string; value: string }[]
  classification?: {
    outOfScope: boolean
    /** The out-of-scope score; higher is more in scope. */
    score: number
    /** The best few. */
    ranking: IntentScore[]
    thresholds: { name: string; value: number }[]
  }
}
