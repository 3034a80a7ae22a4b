import type { Json } from './message.js'

/** What is known of a person across their conversations. */
export interface Profile {
  person: string
  /** The same person on other channels, as they have proved; this profile is theirs too. */
  linked: string[]
  /** Set instead where this person's profile is that of another channel. */
  sameAs?: string
  locale?: string
  /** Values of slots that are declared with `remember`, by name. */
  remembered: Record<string, Json>
}
