import { saw, seen } from '../conversation.js'
import { Draft } from '../draft.js'
import type { Engine } from '../engine.js'
import { type IncomingMessage, partsOf } from '../message.js'
import { retrying } from '../retry.js'
import type { Stored } from '../store/store.js'
import { giveBack, speakFor } from './handoff.js'

/** What the button says that gives a conversation back, and what may be typed instead. */
export const DONE = '/done'
const IS_DONE = /^[/!]?done[.!]?$/i

/**
 * The turn of what is written in a desk's thread: it goes to the customer whom the thread serves, in the name of whoever
 * wrote it, or gives the conversation back to the bot. Undefined where another process was faster.
 */
export async function agentTurn(engine: Engine, message: IncomingMessage, stored: Stored): Promise<Stored | undefined> {
  const draft = new Draft(engine, stored, () => stored.document)
  const { conversation } = draft
  saw(conversation, message.id)
  conversation.address = message.address
  const reached = await pass(engine, message, conversation.serves ?? '')
  if (!reached) draft.tell(engine.deskTexts.deskGone)
  return draft.save(message.id)
}

/** The customer's half, which knows the message by its id as well: it may have been saved when this process died. */
async function pass(engine: Engine, message: IncomingMessage, serves: string): Promise<boolean> {
  const { id, conversation, name, text, choice } = message
  const [known, parts] = [`${conversation} ${id}`, partsOf(message)]
  if (!(await engine.store.load(serves))) return false
  await retrying(async () => {
    const stored = await engine.store.load(serves)
    if (!stored || seen(stored.document, known)) return stored ?? NOBODY
    const draft = new Draft(engine, stored, () => stored.document)
    saw(draft.conversation, known)
    if (choice === DONE || IS_DONE.test(text.trim())) giveBack(engine, draft, 'given back')
    else if (parts.length > 0) speakFor(engine, draft, name ?? 'Support', parts)
    return draft.save()
  })
  return true
}

/** Forgotten since it was looked for. */
const NOBODY = {} as Stored
