import type { Choice } from '@colloquy/core'

/** Buttons to rate with. */
export const THUMBS: Choice[] = [
  { label: '👍', value: 'feedback:1' },
  { label: '👎', value: 'feedback:-1' },
]

/** A reaction as a rating, whatever the colour of the thumb; other reactions are none. */
export function rating(reaction: string): 1 | -1 | undefined {
  if (reaction.startsWith('👍')) return 1
  return reaction.startsWith('👎') ? -1 : undefined
}
