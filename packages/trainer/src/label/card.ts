/** What a person sees of an item. */
export interface Card {
  text: string
  /** How often it was said. */
  count: number
  conversation: string
  turn: number
  context: { role: string; text: string; action?: string; here: boolean }[]
  /** What each label function says. */
  votes: { name: string; intent: string }[]
  /** What the model thinks, each with the nearest known examples. */
  ranking: { intent: string; confidence: number; nearest: string[] }[]
  outOfScope: boolean
  /** What `accept` stands for: the weak label where there is one, else what the model thinks. */
  suggestion: string | null
  /** What was decided before, and brought back by an undo or by going back. */
  decision: { decision: string; intent?: string } | null
}

/** Where a review stands. */
export interface State {
  card: Card | null
  decided: number
  items: number
  left: number
  intents: string[]
  canUndo: boolean
}
