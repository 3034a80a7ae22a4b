import type { Draft } from '../draft.js'
import { type Engine, languageOf } from '../engine.js'
import type { Part } from '../message.js'

/** A person has the conversation from now on, and both sides are told. */
export function handOver(engine: Engine, draft: Draft, reason: string): void {
  const { conversation } = draft
  conversation.handoff = { reason, until: engine.now() + engine.handoffFor }
  draft.note({ type: 'handoff', event: 'asked', reason })
  draft.relay([], reason)
  draft.tell(languageOf(engine, conversation.locale).texts.handoff)
}

/** A person answers the customer, and has the conversation for as long again; also where the bot had it. */
export function speakFor(engine: Engine, draft: Draft, name: string, parts: Part[]): void {
  const { conversation } = draft
  draft.sayFor(name, parts)
  // What the bot is doing at this moment, it ends.
  if (conversation.committing !== undefined) return
  if (!conversation.handoff) draft.note({ type: 'handoff', event: 'asked', reason: 'taken over' })
  const reason = conversation.handoff?.reason ?? 'taken over'
  conversation.handoff = { reason, until: engine.now() + engine.handoffFor, answered: true }
}

/** Ends a handoff: the bot answers from now on, and both sides are told. Nothing happens where there is none. */
export function giveBack(engine: Engine, draft: Draft, why: 'given back' | 'nobody answered'): void {
  const { conversation } = draft
  const { handoff } = conversation
  if (!handoff) return
  delete conversation.handoff
  const { texts } = languageOf(engine, conversation.locale)
  // After an answer, silence means that nothing was left to say.
  const reason = handoff.answered ? 'given back' : why
  draft.note({ type: 'handoff', event: 'returned', reason })
  draft.relay([{ type: 'text', text: engine.deskTexts.deskReturned }])
  draft.tell(reason === 'given back' ? texts.returned : texts.nobody)
}
