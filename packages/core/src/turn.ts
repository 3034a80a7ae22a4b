import { apply } from './apply.js'
import { Checkpoints } from './checkpoint.js'
import { type Conversation, newConversation, SEEN_LIMIT, top } from './conversation.js'
import { type Decision, decide, type Situation, TEXT_LIMIT } from './decide.js'
import { type Engine, isBuiltin, languageOf } from './engine.js'
import { ColloquyError } from './errors.js'
import type { IncomingMessage } from './message.js'
import type { Classification } from './nlu/classifier.js'
import { Reply } from './reply.js'
import { runStack } from './stack.js'
import type { Stored } from './store/store.js'

/**
 * One message's turn: load → understand → decide → run → commit. What it returns is saved; delivering the outbox is the
 * caller's. A message that was handled before changes nothing, and after a conflict with another process the turn starts
 * over: stored results make that cheap.
 *
 * @throws {@link ColloquyError} `store_unavailable`, `classifier_failed`: nothing has happened, try again.
 */
export async function turn(engine: Engine, message: IncomingMessage): Promise<Stored> {
  for (;;) {
    const stored = await engine.store.load(message.conversation)
    if (stored?.document.seen.includes(message.id)) return stored
    const saved = await attempt(engine, message, stored).catch((error) => {
      if (error instanceof ColloquyError && error.code === 'store_conflict') return undefined
      throw error
    })
    if (saved) return saved
  }
}

/** Undefined where another process was faster. */
async function attempt(
  engine: Engine,
  message: IncomingMessage,
  stored: Stored | undefined,
): Promise<Stored | undefined> {
  const conversation = stored?.document ?? begin(message)
  const checkpoints = new Checkpoints(
    engine.store,
    () => begin(message),
    conversation.id,
    conversation.checkpoints,
    stored?.version ?? 0,
  )
  arrive(conversation, message, stored?.settled ?? true, engine.now())
  const gone = dropGone(engine, conversation)

  const { decision, classification } = await understand(engine, conversation, message)
  const { fresh, lines, run } = apply(engine, conversation, decision, message.text)

  const reply = new Reply(engine, conversation, message)
  reply.customer(decision, classification)
  if (gone) reply.say([{ type: 'text', text: languageOf(conversation.locale).texts.gone }])
  for (const line of lines) reply.say(line)
  if (run) {
    await runStack(engine, conversation, {
      fresh,
      emit: (parts, dialog) => reply.say(parts, dialog),
      committed: (key) => checkpoints.committed(key),
      checkpoint: (key, output) => checkpoints.write(key, output),
      onCommit: (dialog, name, key, output) => reply.note({ type: 'commit', dialog, name, key, output }),
      onDialog: (event, { dialog, intent }) => reply.note({ type: 'dialog', event, dialog, ...(intent && { intent }) }),
      onHandoff: (reason) => reply.note({ type: 'handoff', event: 'asked', reason }),
      hide: (frame) => reply.hide(frame),
    })
  }

  conversation.checkpoints = checkpoints.left()
  const commit = reply.commit(checkpoints.version)
  if (!(await engine.store.save(commit))) return undefined
  return { document: conversation, version: commit.expected + 1, settled: commit.due === undefined }
}

function begin({ conversation, channel, person, address, locale = 'en' }: IncomingMessage): Conversation {
  return newConversation({ id: conversation, channel, person, address, locale })
}

/** Notes the message in the document: what is committed with the turn is what makes a second delivery a duplicate. */
function arrive(conversation: Conversation, message: IncomingMessage, settled: boolean, now: number): void {
  conversation.seen = [...conversation.seen, message.id].slice(-SEEN_LIMIT)
  conversation.address = message.address
  conversation.locale = message.locale ?? conversation.locale
  if (settled) conversation.outbox = []
  if (conversation.handoff && conversation.handoff.until <= now) delete conversation.handoff
}

/** A deploy may have removed a dialog that is under way: the message is then taken as if it had not been. */
function dropGone(engine: Engine, conversation: Conversation): boolean {
  const gone = conversation.frames.filter((frame) => !engine.dialogs.has(frame.dialog))
  if (gone.length === 0) return false
  engine.log.warn(
    { conversation: conversation.id, dialogs: gone.map((frame) => frame.dialog) },
    'dialogs under way no longer exist',
  )
  conversation.frames = conversation.frames.filter((frame) => engine.dialogs.has(frame.dialog))
  return true
}

async function understand(
  engine: Engine,
  conversation: Conversation,
  message: IncomingMessage,
): Promise<{ decision: Decision; classification?: Classification }> {
  const situation = situationOf(engine, conversation, message)
  const decision = decide(situation)
  if (decision.type !== 'classify') return { decision }
  const classification = await engine.classifier.classify(message.text.slice(0, TEXT_LIMIT))
  return { decision: decide({ ...situation, classification }), classification }
}

function situationOf(engine: Engine, conversation: Conversation, message: IncomingMessage): Situation {
  const frame = top(conversation)
  const dialog = engine.dialogs.get(frame?.dialog ?? '')
  return {
    text: message.text,
    ...(message.choice !== undefined && { choice: message.choice }),
    attachments: message.attachments?.length ?? 0,
    handedOver: conversation.handoff !== undefined,
    language: languageOf(conversation.locale),
    thresholds: engine.thresholds,
    ...(frame &&
      dialog && {
        talking: {
          dialog: dialog.name,
          builtin: isBuiltin(dialog.name),
          slots: dialog.slots,
          answers: frame.slots,
          closed: Object.values(frame.results).flatMap((result) => result.closed ?? []),
          ...(frame.pending && { pending: frame.pending }),
        },
      }),
    dialogOf: (intent) => engine.intents.get(intent),
  }
}
