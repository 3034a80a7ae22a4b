import { type Conversation, top } from './conversation.js'
import type { Choice, IncomingMessage, Part } from './message.js'

const NUMBER = /^\(?([1-9]\d?)[).]?$/

/**
 * A message that is a mere number, as the choice which stands there: some channels can only show choices as a numbered list.
 * Where a question without choices waits, a number is an answer like any other.
 */
export function byNumber(message: IncomingMessage, conversation: Conversation): IncomingMessage {
  const number = message.choice === undefined ? NUMBER.exec(message.text.trim())?.[1] : undefined
  if (number === undefined || conversation.handoff) return message
  const pending = top(conversation)?.pending
  const shown = conversation.last.map((parts) => parts.flatMap(choicesOf)).findLast(({ length }) => length > 0)
  const chosen = (pending ? pending.choices : shown)?.[Number(number) - 1]
  return chosen ? { ...message, text: chosen.label, choice: chosen.value } : message
}

function choicesOf(part: Part): Choice[] {
  return part.type === 'choices' || part.type === 'card' ? (part.choices ?? []) : []
}
