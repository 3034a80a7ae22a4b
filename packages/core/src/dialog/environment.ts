import type { Json, Part } from '../message.js'
import type { Texts } from '../text/texts.js'

/** How a run of a dialog ended. */
export type Outcome =
  | { type: 'waiting' | 'finished' | 'stopped' }
  | { type: 'handoff'; reason: string }
  | { type: 'open'; intent: string; text: string }

/** What a run needs from the turn around it. */
export interface RunEnvironment {
  conversation: string
  person: string
  texts: Texts
  /** Names of answers that are new in this turn: a run is quiet until it passes one. */
  fresh: ReadonlySet<string>
  /** Milliseconds since 1970. */
  now(): number
  /** How long a step may take, in milliseconds. */
  stepLimit: number
  /** What is known of the person from earlier, by slot. */
  remembered(): Readonly<Record<string, Json>>
  link(other: string): Promise<void>
  emit(parts: Part[]): void
  typing(soFar: string): void
  /** What an earlier try of this turn committed under this key. */
  committed(key: string): { output: Json } | undefined
  /** Makes the message of this turn durable before a commit's effect: if this process dies of it, another goes on. */
  intend(): Promise<void>
  /** Makes a commit's output durable before anything else happens. */
  checkpoint(key: string, output: Json): Promise<void>
  /** Told of each commit that this turn has done or found done. */
  onFeedback(value: number): void
  onUnderstood(): void
  onCommit(name: string, key: string, output: Json): void
}
