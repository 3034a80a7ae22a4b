import { normalise } from '../data/choose.js'
import { asks, isFiller, wantsDetail } from './fillers.js'
import type { Conversation } from './transcripts.js'

/** A customer turn that asks for something. */
export interface Request {
  conversation: Conversation
  /** Its place among the turns of the conversation. */
  turn: number
  text: string
  /** The text as duplicates are recognised. */
  key: string
  /** The first request of its conversation. */
  opening: boolean
  /** The place of the conversation's next request; the number of its turns where there is none. */
  until: number
}

/** What our own engine did with a turn that asked for something. With any other decision it was an answer or a command. */
const OPENED = new Set(['open', 'digress', 'fallback', 'clarify'])

/**
 * The customer turns that carry a request. Where the engine's decision is known, it tells. Elsewhere greetings, thanks,
 * confirmations and names are left out, and so are answers: what follows an agent's question for a detail, unless nothing
 * has been asked for yet and the turn does ask. After the opening request a turn must have a word or mark of asking.
 */
export function requestsOf(conversation: Conversation): Request[] {
  const found: Omit<Request, 'until'>[] = []
  let asked = ''
  for (const [turn, { role, text: raw, decision }] of conversation.turns.entries()) {
    const text = raw.trim()
    if (role === 'agent' && text) asked = text
    if (role !== 'customer' || !text || isFiller(text)) continue
    const opening = found.length === 0
    const detail = wantsDetail(asked)
    const carries =
      decision !== undefined ? OPENED.has(decision) : opening ? !detail || asks(text) : !detail && asks(text)
    if (carries) found.push({ conversation, turn, text, key: normalise(text), opening })
  }
  return found.map((one, i) => ({ ...one, until: found[i + 1]?.turn ?? conversation.turns.length }))
}
