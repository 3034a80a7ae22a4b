import { dueOf, top } from './conversation.js'
import { Draft } from './draft.js'
import { type Engine, languageOf } from './engine.js'
import { giveBack } from './handoff/handoff.js'
import { retrying } from './retry.js'
import { goBack, leave, runStack } from './stack.js'
import type { Stored } from './store/store.js'

/**
 * The turn that time starts: what was scheduled is said, a person who did not answer gives the conversation back, dialogs
 * expire, and a question is asked once more. Nothing happens where nothing is due.
 *
 * @throws {@link ColloquyError} `store_unavailable`: nothing has happened, try again.
 */
export function tick(engine: Engine, conversation: string): Promise<Stored | undefined> {
  return retrying(async () => {
    const stored = await engine.store.load(conversation)
    if (!stored) return NOTHING
    if (stored.document.committing !== undefined) return stored
    const due = dueOf({ ...stored.document, outbox: [] }, engine.now())
    return due !== undefined && due <= engine.now() ? attempt(engine, stored) : stored
  }).then((stored) => (stored === NOTHING ? undefined : stored))
}

const NOTHING = {} as Stored

async function attempt(engine: Engine, stored: Stored): Promise<Stored | undefined> {
  const draft = new Draft(engine, stored, () => stored.document)
  const { conversation } = draft
  const { texts } = languageOf(engine, conversation.locale)
  const now = engine.now()

  for (const { at, parts } of conversation.scheduled) if (at <= now) draft.say(parts)
  conversation.scheduled = conversation.scheduled.filter(({ at }) => at > now)

  if (conversation.handoff && conversation.handoff.until <= now) giveBack(engine, draft, 'nobody answered')

  const talking = top(conversation)
  for (const frame of [...conversation.frames]) {
    if (frame.expireAt === undefined || frame.expireAt > now) continue
    leave(draft, 'expired', frame)
    if (frame !== talking) continue
    draft.tell(texts.expired(engine.dialogs.get(frame.dialog)?.title(frame.intent) ?? frame.dialog))
    goBack(engine, draft)
  }
  const frame = top(conversation)
  const reminds = frame?.remindAt !== undefined && frame.remindAt <= now
  if (reminds) {
    frame.reminded = true
    delete frame.remindAt
    draft.tell(texts.remind)
  }
  if (frame && (reminds || frame !== talking)) await runStack(engine, draft, new Set())
  return draft.save()
}
