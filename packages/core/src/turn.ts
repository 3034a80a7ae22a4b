import { apply } from './apply.js'
import { byNumber } from './by-number.js'
import { type Conversation, newConversation, saw, seen, top } from './conversation.js'
import { type Decision, decide, type Situation, TEXT_LIMIT } from './decide.js'
import { Draft } from './draft.js'
import { type Engine, isBuiltin, languageOf, localeOf } from './engine.js'
import { ColloquyError } from './errors.js'
import { agentTurn } from './handoff/agent.js'
import { giveBack } from './handoff/handoff.js'
import { type IncomingMessage, partsOf } from './message.js'
import type { Classification } from './nlu/classifier.js'
import { profile } from './profile.js'
import { retrying } from './retry.js'
import { leave, runStack } from './stack.js'
import type { Stored } from './store/store.js'
import type { TurnTrace } from './telemetry.js'
import { listen } from './transcribe/transcribe.js'

/**
 * One message's turn: load → understand → decide → run → commit. What it returns is saved; delivering the outbox is the
 * caller's. A message that was handled before changes nothing.
 *
 * @throws {@link ColloquyError} `store_unavailable`, `classifier_failed`: nothing has happened, try again.
 *   `newer_document`: a newer version of the program must handle it.
 */
export function turn(engine: Engine, message: IncomingMessage, trace: TurnTrace): Promise<Stored> {
  let heard: IncomingMessage | undefined
  return retrying(async () => {
    const stored = await trace.stage('load', () => engine.store.load(message.conversation))
    if (stored && seen(stored.document, message.id)) return stored
    if (stored?.document.serves !== undefined) return agentTurn(engine, message, stored)
    heard ??= await listen(engine, message, trace)
    return await attempt(engine, heard, stored, trace)
  })
}

async function attempt(
  engine: Engine,
  given: IncomingMessage,
  stored: Stored | undefined,
  trace: TurnTrace,
): Promise<Stored | undefined> {
  const draft = new Draft(engine, stored, () => begin(given))
  const { conversation } = draft
  const message = byNumber(given, conversation)
  draft.message = message
  arrive(engine, draft, message)
  if (message.feedback) {
    draft.note({ type: 'feedback', ...message.feedback })
    return draft.save(message.id)
  }
  dropGone(engine, draft)
  if (engine.remembers) draft.profile = await trace.stage('load', () => profile(engine.store, conversation.person))

  const understood = await understand(engine, draft, message, trace)
  if (understood) {
    const { decision, situation } = understood
    const { fresh, lines, run } = await trace.stage('apply', () => apply(engine, conversation, decision, message.text))
    trace.decide({ decision, situation, dialog: top(conversation)?.dialog, secrets: draft.secrets })
    draft.customer(message, decision, situation)
    if (decision.type === 'relay') draft.relay(partsOf(message, TEXT_LIMIT))
    if (decision.type === 'return') giveBack(engine, draft, 'given back')
    for (const line of lines) draft.say(line)
    if (run) await trace.stage('run', () => runStack(engine, draft, fresh))
  }
  return await trace.stage('save', () => draft.save(message.id))
}

function begin({ conversation, channel, person, address, locale = 'en' }: IncomingMessage): Conversation {
  return newConversation({ id: conversation, channel, person, address, locale })
}

function arrive(engine: Engine, draft: Draft, message: IncomingMessage): void {
  const { conversation } = draft
  delete conversation.committing
  saw(conversation, message.id)
  conversation.address = message.address
  if (message.name !== undefined) conversation.name = message.name
  conversation.locale = localeOf(engine, message, conversation.locale)
  if (conversation.handoff && conversation.handoff.until <= engine.now()) giveBack(engine, draft, 'nobody answered')
}

/** A deploy may have removed a dialog that is under way: the message is then taken as if it had not been. */
function dropGone(engine: Engine, draft: Draft): void {
  const { conversation } = draft
  const gone = conversation.frames.filter((frame) => !engine.dialogs.has(frame.dialog))
  if (gone.length === 0) return
  const dialogs = gone.map((frame) => frame.dialog)
  draft.log.warn({ dialogs }, 'dialogs under way no longer exist')
  for (const frame of gone) leave(draft, 'failed', frame)
  draft.tell(languageOf(engine, conversation.locale).texts.gone)
}

/**
 * Undefined where that is all there is to the turn: a slot of the dialog under way throws on this message, and the dialog has
 * ended then, or the classifier is too busy to read it.
 */
async function understand(
  engine: Engine,
  draft: Draft,
  message: IncomingMessage,
  trace: TurnTrace,
): Promise<{ situation: Situation; decision: Decision } | undefined> {
  const situation = situationOf(engine, draft.conversation, message)
  try {
    const decision = await trace.stage('decide', () => decide(situation))
    if (decision.type !== 'classify') return { situation, decision }
  } catch (error) {
    const frame = top(draft.conversation)
    draft.failed('a slot failed', frame, error)
    if (frame) leave(draft, 'failed', frame)
    draft.tell(situation.language.texts.failed)
    return undefined
  }
  const text = message.text.slice(0, TEXT_LIMIT)
  const classification = await trace.stage('understand', () => classify(engine, draft, text))
  if (!classification) {
    draft.tell(situation.language.texts.busy)
    return undefined
  }
  situation.classification = classification
  return { situation, decision: await trace.stage('decide', () => decide(situation)) }
}

/** Undefined where the classifier is too busy: the customer is told so instead of waiting for nobody knows how long. */
async function classify(engine: Engine, draft: Draft, text: string): Promise<Classification | undefined> {
  try {
    return await engine.classifier.classify(text, { conversation: draft.conversation.id })
  } catch (err) {
    if (!(err instanceof ColloquyError && err.code === 'classifier_busy')) throw err
    draft.log.warn({ err }, 'a message was turned away: the classifier is too busy')
    return undefined
  }
}

function situationOf(engine: Engine, conversation: Conversation, message: IncomingMessage): Situation {
  const frame = top(conversation)
  const dialog = engine.dialogs.get(frame?.dialog ?? '')
  return {
    text: message.text,
    ...(message.choice !== undefined && { choice: message.choice }),
    ...(message.fields && { fields: message.fields }),
    attachments: message.attachments ?? [],
    handedOver: conversation.handoff !== undefined,
    language: languageOf(engine, conversation.locale),
    thresholds: engine.thresholds,
    ...(frame &&
      dialog && {
        talking: {
          dialog: dialog.name,
          builtin: isBuiltin(dialog.name),
          slots: dialog.slots,
          form: dialog.form,
          answers: { ...frame.slots },
          closed: Object.values(frame.results).flatMap((result) => result.closed ?? []),
          ...(frame.pending && { pending: { ...frame.pending } }),
        },
      }),
    dialogOf: (intent) => engine.intents.get(intent),
  }
}
