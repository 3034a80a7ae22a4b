import type { Review } from '@colloquy/core'

/** Who said it: a system turn is what neither side said, such as somebody who joined, or a note among agents. */
export type Role = 'customer' | 'agent' | 'system'

/** One thing that was said. */
export interface Turn {
  role: Role
  text: string
  /** Unix seconds; absent where the export has no time for it. */
  ts?: number
  /** Who said it: a placeholder, one for each person of the export, or the name where personal data was kept. */
  speaker?: string
  /** Where it stands in what was imported: `file:line`, or `file[3].comments[0]`. */
  source?: string
  /** Names of the files that came with it. */
  attachments?: string[]
  /** Customer turns: the intent that a classifier saw then and its probability, where it was asked. */
  predicted?: string
  confidence?: number
  /** Customer turns of our own log: what the engine did with it: `open`, `answer`, `fallback`, … */
  decision?: string
  /** Customer turns of our own log that a person should label first, and why. */
  review?: Review | 'thumbs_down'
  /** Agent turns: the action, macro or response that was chosen. */
  action?: string
  /** Customer turns of our own log: the intent that a dialog was opened with, and how it ended, if it has. */
  outcome?: { intent: string; ended?: string }
  /** Customer turns of our own log: what they led to was given a thumb up. */
  liked?: true
}

/** A conversation as a line of JSONL holds it. */
export interface Transcript {
  id: string
  channel: string
  turns: Turn[]
}
