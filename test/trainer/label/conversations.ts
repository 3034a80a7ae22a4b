import type { Conversation } from '../../../packages/trainer/dist/label/transcripts.js'

type Said = [role: 'customer' | 'agent', text: string, more?: object]

/** A conversation, written down. */
export function talk(id: string, ...said: Said[]): Conversation {
  return { id, channel: 'test', turns: said.map(([role, text, more]) => ({ role, text, ...more })) }
}
