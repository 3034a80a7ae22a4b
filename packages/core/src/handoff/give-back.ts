import type { Draft } from '../draft.js'
import { type Engine, languageOf } from '../engine.js'

/** Ends a handoff: the bot answers from now on, and both sides are told. Nothing happens where there is none. */
export function giveBack(engine: Engine, draft: Draft, why: 'given back' | 'nobody answered'): void {
  const { conversation } = draft
  if (!conversation.handoff) return
  delete conversation.handoff
  const { texts } = languageOf(engine, conversation.locale)
  draft.note({ type: 'handoff', event: 'returned', reason: why })
  draft.relay([{ type: 'text', text: texts.deskReturned }])
  draft.tell(why === 'given back' ? texts.returned : texts.nobody)
}
