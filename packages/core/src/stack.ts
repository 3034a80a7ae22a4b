import { open } from './apply.js'
import { type Frame, push, top } from './conversation.js'
import { runFrame } from './dialog/run.js'
import type { Draft } from './draft.js'
import { type Engine, isBuiltin, languageOf } from './engine.js'
import { ColloquyError } from './errors.js'
import { handOver } from './handoff/handoff.js'
import { link, profile } from './profile.js'

/** A dialog that opens dialogs that open dialogs must come to an end. */
const RUNS = 20

/**
 * Runs the dialogs under way, the top one first, until one waits for an answer or none is left.
 *
 * @param fresh - names of the top dialog's answers that are new in this turn.
 * @throws {@link ColloquyError} `store_conflict`, `store_unavailable`; what a dialog throws ends that dialog only.
 */
export async function runStack(engine: Engine, draft: Draft, fresh: ReadonlySet<string>): Promise<void> {
  const { conversation } = draft
  let news = fresh
  for (let runs = 0; runs < RUNS; runs++) {
    const frame = top(conversation)
    if (!frame) return
    const ended = await runTop(engine, draft, frame, news)
    if (!ended) return
    news = new Set()
  }
  throw new ColloquyError('bad_dialog', `Dialogs open one another without end (${RUNS} in one turn).`)
}

/** Runs one dialog; true where it has ended and the one below goes on. */
async function runTop(engine: Engine, draft: Draft, frame: Frame, fresh: ReadonlySet<string>): Promise<boolean> {
  const { conversation } = draft
  const { texts } = languageOf(engine, conversation.locale)
  const dialog = engine.dialogs.get(frame.dialog)
  if (!dialog) throw new ColloquyError('bad_dialog', `There is no dialog "${frame.dialog}".`)
  if (!frame.pending) noteDialog(draft, 'started', frame)
  let [understood, rated] = [!isBuiltin(frame.dialog), false]
  try {
    const outcome = await runFrame(dialog, frame, {
      conversation: conversation.id,
      person: conversation.person,
      texts,
      fresh,
      now: engine.now,
      stepLimit: engine.stepLimit,
      remembered: () => draft.profile?.remembered ?? {},
      link: async (other) => {
        await link(engine.store, other, conversation.person)
        if (draft.profile) draft.profile = await profile(engine.store, conversation.person)
      },
      emit: (parts) => draft.say(parts, frame.dialog),
      committed: (key) => draft.checkpoints.committed(key),
      intend: () => draft.intend(),
      checkpoint: (key, output) => draft.checkpoints.write(key, output),
      typing: (soFar) => engine.typing(conversation.channel, conversation.address, soFar),
      onFeedback: (value) => {
        rated = true
        draft.note({ type: 'feedback', value, dialog: frame.dialog })
      },
      onUnderstood: () => {
        understood = true
        conversation.misses = 0
      },
      onCommit: (name, key, output) => draft.note({ type: 'commit', dialog: frame.dialog, name, key, output }),
    })
    switch (outcome.type) {
      case 'waiting':
        return false
      case 'handoff':
        for (const waiting of [...conversation.frames]) leave(draft, 'stopped', waiting)
        handOver(engine, draft, outcome.reason)
        return false
      case 'open':
        leave(draft, 'finished', frame)
        if (engine.intents.has(outcome.intent)) open(engine, conversation, outcome.intent, outcome.text)
        else
          push(conversation, {
            dialog: 'fallback',
            input: { text: outcome.text, misses: 1, likely: false, offers: [] },
          })
        return true
      default:
        leave(draft, outcome.type, frame)
        if (engine.feedback && understood && !rated) draft.askFeedback(frame.dialog)
    }
  } catch (error) {
    if (error instanceof ColloquyError && error.code.startsWith('store_')) throw error
    draft.failed('dialog failed', frame, error)
    draft.tell(texts.failed)
    leave(draft, 'failed', frame)
  }
  goBack(engine, draft)
  return true
}

/** Says which dialog goes on now, if one does. */
export function goBack(engine: Engine, draft: Draft): void {
  const { conversation } = draft
  const below = top(conversation)
  const title = below && engine.dialogs.get(below.dialog)?.title(below.intent)
  if (title && !isBuiltin(below.dialog)) draft.tell(languageOf(engine, conversation.locale).texts.backTo(title))
}

/** Takes a dialog off the stack. */
export function leave(draft: Draft, event: 'finished' | 'stopped' | 'failed' | 'expired', frame: Frame): void {
  const { conversation } = draft
  conversation.frames = conversation.frames.filter((one) => one !== frame)
  draft.hide(frame)
  noteDialog(draft, event, frame)
}

function noteDialog(draft: Draft, event: 'started' | Parameters<typeof leave>[1], { dialog, intent }: Frame): void {
  draft.note({ type: 'dialog', event, dialog, ...(intent !== undefined && { intent }) })
}
