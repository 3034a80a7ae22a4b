import { type Conversation, type Frame, push, top } from './conversation.js'
import { type Decision, TEXT_LIMIT } from './decide.js'
import type { Offer } from './dialog/builtin.js'
import { findSlots } from './dialog/fill.js'
import { type Engine, isBuiltin, languageOf, offerOf } from './engine.js'
import type { Json, Part } from './message.js'
import type { Texts } from './text/texts.js'

/** How many dialogs may wait under one another before the oldest is given up. */
const DEPTH = 4
/** How many things help and suggestions name. */
const OFFERS = 6

/** What a decision has changed besides the conversation. */
export interface Applied {
  /** Names of answers that are new. */
  fresh: Set<string>
  /** What the bot says before any dialog runs. */
  lines: Part[][]
  /** False where the dialogs have nothing to say this time. */
  run: boolean
}

/** Carries out a decision on the conversation document. */
export function apply(engine: Engine, conversation: Conversation, decision: Decision, text: string): Applied {
  const { texts } = languageOf(engine, conversation.locale)
  const frame = top(conversation)
  const dialog = engine.dialogs.get(frame?.dialog ?? '')
  const label = (slot: string) => dialog?.slots[slot]?.label ?? slot
  if (decision.type !== 'fallback' || decision.likely) conversation.misses = 0
  switch (decision.type) {
    case 'relay':
    case 'return':
      return still()
    case 'empty':
      return still(texts.empty)
    case 'tooLong':
      return still(texts.tooLong(TEXT_LIMIT))
    case 'unheard':
      return changed([], texts.unheard)
    case 'file':
      return still(texts.file)
    case 'stale':
      return changed([], texts.gone)
    case 'submit': {
      Object.assign(frame?.slots ?? {}, decision.values)
      const unfit = decision.unfit.map((name) => dialog?.slots[name]?.invalid ?? texts.invalid)
      const closed = decision.closed.map((name) => texts.closed(label(name)))
      return changed(Object.keys(decision.values), ...new Set([...closed, ...unfit]))
    }
    case 'answer':
      return changed(answer(frame, decision.value, decision.fills))
    case 'fill':
      Object.assign(frame?.slots ?? {}, decision.fills)
      return changed(Object.keys(decision.fills))
    case 'correct': {
      if (decision.value === undefined) delete frame?.slots[decision.slot]
      else Object.assign(frame?.slots ?? {}, { [decision.slot]: decision.value })
      const shown = decision.value !== undefined && dialog?.slots[decision.slot]?.show(decision.value)
      return changed([decision.slot], ...(shown ? [texts.changed(label(decision.slot), shown)] : []))
    }
    case 'closed':
      return changed([], texts.closed(label(decision.slot)))
    case 'needed':
      return changed([], texts.needed)
    case 'invalid': {
      if (frame?.pending) frame.pending.misses++
      return changed([], dialog?.slots[frame?.pending?.name ?? '']?.invalid ?? texts.invalid)
    }
    case 'open':
    case 'digress':
      if (frame?.pending) frame.pending.misses = 0
      open(engine, conversation, decision.intent, text)
      return changed([])
    case 'clarify':
      pushBuiltin(conversation, 'clarify', { text, offers: decision.intents.map((one) => offerOf(engine, one)) })
      return changed([])
    case 'fallback':
      if (!decision.likely) conversation.misses++
      pushBuiltin(conversation, 'fallback', {
        text,
        misses: conversation.misses,
        likely: decision.likely ?? false,
        offers: decision.intents.map((one) => offerOf(engine, one)),
      })
      return changed([])
    case 'command':
      return command(engine, conversation, decision.command, texts)
    case 'classify':
      throw new Error('A decision that asks for a classification cannot be applied.')
  }
}

/** Opens the dialog of an intent, or goes back to it where it waits already. */
export function open(engine: Engine, conversation: Conversation, intent: string, text: string): void {
  dropBuiltin(conversation)
  const name = engine.intents.get(intent) ?? 'fallback'
  const waiting = conversation.frames.findIndex((frame) => frame.dialog === name && frame.intent === intent)
  if (waiting >= 0) {
    conversation.frames.splice(waiting + 1)
    return
  }
  const frame = push(conversation, { dialog: name, intent })
  Object.assign(frame.slots, findSlots(text, engine.dialogs.get(name)?.slots ?? {}))
  conversation.frames.splice(0, Math.max(0, conversation.frames.length - DEPTH))
}

function changed(names: string[], ...lines: string[]): Applied {
  return { fresh: new Set(names), lines: lines.map((text) => [{ type: 'text', text }]), run: true }
}

/** The dialogs have nothing to say to this. */
function still(...lines: string[]): Applied {
  return { ...changed([], ...lines), run: false }
}

function answer(frame: Frame | undefined, value: Json, fills: Record<string, Json>): string[] {
  if (!frame?.pending) return []
  const { name, kind, about = '' } = frame.pending
  if (kind === 'slot') frame.slots[name] = value
  else frame.results[name] = { input: about, output: value }
  Object.assign(frame.slots, fills)
  return [name, ...Object.keys(fills)]
}

function command(engine: Engine, conversation: Conversation, name: string, texts: Texts): Applied {
  if (name === 'repeat') {
    const said =
      conversation.last.length > 0 ? conversation.last : [[{ type: 'text' as const, text: texts.nothingToRepeat }]]
    return { fresh: new Set(), lines: said, run: false }
  }
  dropBuiltin(conversation)
  if (name === 'cancel') {
    const given = conversation.frames.pop()
    const title = given && (engine.dialogs.get(given.dialog)?.title(given.intent) ?? given.dialog)
    pushBuiltin(conversation, 'cancel', title === undefined ? undefined : { title })
  } else {
    pushBuiltin(conversation, name, name === 'help' ? { offers: likely(engine) } : undefined)
  }
  return changed([])
}

function pushBuiltin(
  conversation: Conversation,
  name: string,
  input: Json | { [key: string]: Json | Offer[] } | undefined,
): void {
  dropBuiltin(conversation)
  push(conversation, { dialog: name, ...(input !== undefined && { input: input as Json }) })
}

function dropBuiltin(conversation: Conversation): void {
  while (isBuiltin(top(conversation)?.dialog ?? '')) conversation.frames.pop()
}

/** What the bot can be asked for: the first intent of each dialog that has one. */
function likely(engine: Engine): Offer[] {
  return [...engine.dialogs.values()]
    .flatMap(({ start: [first] }) => (first === undefined ? [] : [offerOf(engine, first)]))
    .slice(0, OFFERS)
}
