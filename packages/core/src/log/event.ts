import type { Attachment, Json, OutgoingMessage } from '../message.js'
import type { Classification, IntentScore } from '../nlu/classifier.js'
import type { Review } from './review.js'

/** What the classifier thought of an utterance. */
export interface LoggedUnderstanding {
  intent: string
  /** Calibrated probability, 0 to 1. */
  confidence: number
  outOfScope: boolean
  /** The out-of-scope score: 0 is usual, in standard deviations. */
  score?: number
  /** The best three. */
  ranking: IntentScore[]
  /** The version of the model that thought so, and what another one thought that ran in its shadow, where it differed. */
  model?: string
  shadow?: Classification['shadow']
}

interface Common {
  /** `conversation.version.n`, unique. */
  id: string
  conversation: string
  person: string
  channel: string
  /** Milliseconds since 1970. */
  at: number
}

/**
 * What happened, in the order it happened. One format serves the log, a test script and training data: personal values
 * are already masked in it.
 */
export type LogEvent = Common &
  (
    | {
        type: 'customer'
        message: string
        text: string
        choice?: string
        /** What was typed into a form. */
        fields?: Record<string, string>
        /** Files that were sent along. Those which travelled in the message itself are left out. */
        attachments?: Attachment[]
        understanding?: LoggedUnderstanding
        /** What the engine decided: `answer`, `open`, `digress`, … */
        decision: string
        /** Why a person should label it, where one should. A thumb down is a `feedback` of -1. */
        review?: Review
      }
    | { type: 'bot'; message: OutgoingMessage; dialog?: string }
    | {
        type: 'dialog'
        event: 'started' | 'finished' | 'stopped' | 'failed' | 'expired'
        dialog: string
        intent?: string
      }
    | { type: 'commit'; dialog: string; name: string; key: string; output: Json }
    /** A rating: 1 or -1 for thumbs, else 1 to 5; of one message, of a dialog, or of the whole conversation. */
    | { type: 'feedback'; value: number; message?: string; dialog?: string }
    | { type: 'handoff'; event: 'asked' | 'returned'; reason: string }
  )
