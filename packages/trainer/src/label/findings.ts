import { percent } from '../format.js'
import type { Study } from './study.js'

const EXAMPLES = 3
const SHOWN = 10

/** What a study has found, as JSON: new intents and labels that may be wrong. */
export interface Findings {
  discoveries: { name: string; texts: number; examples: string[] }[]
  doubts: { text: string; conversation: string; turn: number; label: string; suggested: string; by: number }[]
}

export function findings({ discoveries, doubts }: Study): Findings {
  return {
    discoveries: discoveries.map(({ name, items }) => ({
      name,
      texts: items.length,
      examples: items.slice(0, EXAMPLES).map(({ text }) => text),
    })),
    doubts: doubts.flatMap(({ item, ...doubt }) => {
      const [first] = item.requests
      return first ? [{ text: item.text, conversation: first.conversation.id, turn: first.turn, ...doubt }] : []
    }),
  }
}

/** The same for a person at a terminal. */
export function toldFindings({ discoveries, doubts }: Findings): string[] {
  return [
    '',
    `What no intent covers: ${discoveries.length} groups`,
    ...discoveries
      .slice(0, SHOWN)
      .map(({ name, texts, examples }) => `  ${String(texts).padStart(4)} × ${name}: ${JSON.stringify(examples[0])}`),
    '',
    `Labels that may be wrong: ${doubts.length}`,
    ...doubts
      .slice(0, SHOWN)
      .map(
        ({ text, label, suggested, by }) => `  ${label}, or ${suggested} (by ${percent(by)})? ${JSON.stringify(text)}`,
      ),
  ]
}
