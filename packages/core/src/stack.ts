import { open } from './apply.js'
import { type Conversation, type Frame, push, top } from './conversation.js'
import { runFrame } from './dialog/run.js'
import { type Engine, isBuiltin, languageOf } from './engine.js'
import { ColloquyError, reason } from './errors.js'
import type { Json, Part } from './message.js'

/** What running the dialogs needs from the turn. */
export interface StackEnvironment {
  /** Names of the top dialog's answers that are new in this turn. */
  fresh: ReadonlySet<string>
  emit(parts: Part[], dialog?: string): void
  committed(key: string): { output: Json } | undefined
  checkpoint(key: string, output: Json): Promise<void>
  onCommit(dialog: string, name: string, key: string, output: Json): void
  onDialog(event: 'started' | 'finished' | 'stopped' | 'failed', frame: Frame): void
  onHandoff(reason: string): void
  /** Told of a dialog that ends, so that its personal values can be kept out of the log. */
  hide(frame: Frame): void
}

/** A dialog that opens dialogs that open dialogs must come to an end. */
const RUNS = 20

/** Runs the dialogs under way, the top one first, until one waits for an answer or none is left. */
export async function runStack(engine: Engine, conversation: Conversation, env: StackEnvironment): Promise<void> {
  const { texts } = languageOf(conversation.locale)
  const say = (text: string) => env.emit([{ type: 'text', text }])
  let { fresh } = env
  for (let runs = 0; runs < RUNS; runs++) {
    const frame = top(conversation)
    if (!frame) return
    const dialog = engine.dialogs.get(frame.dialog)
    const leave = (event: 'finished' | 'stopped' | 'failed') => {
      conversation.frames = conversation.frames.filter((one) => one !== frame)
      fresh = new Set()
      env.hide(frame)
      env.onDialog(event, frame)
    }
    const end = (event: 'finished' | 'stopped' | 'failed') => {
      leave(event)
      const below = top(conversation)
      const title = below && engine.dialogs.get(below.dialog)?.title(below.intent)
      if (title && !isBuiltin(below.dialog)) say(texts.backTo(title))
    }
    if (!dialog) throw new ColloquyError('bad_dialog', `There is no dialog "${frame.dialog}".`)
    if (!frame.pending) env.onDialog('started', frame)
    const emit = (parts: Part[]) => env.emit(parts, frame.dialog)
    const { id, person } = conversation
    try {
      const outcome = await runFrame(dialog, frame, { ...env, conversation: id, person, texts, fresh, emit })
      if (outcome.type === 'waiting') return
      if (outcome.type === 'handoff') {
        leave('stopped')
        for (const waiting of conversation.frames.splice(0)) env.hide(waiting)
        env.onHandoff(outcome.reason)
        conversation.handoff = { reason: outcome.reason, until: engine.now() + engine.handoffFor }
        say(texts.handoff)
        return
      }
      if (outcome.type === 'open') {
        leave('finished')
        if (engine.intents.has(outcome.intent)) open(engine, conversation, outcome.intent, outcome.text)
        else push(conversation, { dialog: 'fallback', input: { misses: 1, offers: [] } })
      } else end(outcome.type)
    } catch (error) {
      if (error instanceof ColloquyError && (error.code === 'store_conflict' || error.code === 'store_unavailable'))
        throw error
      engine.log.error({ conversation: id, dialog: frame.dialog, err: error }, `dialog failed: ${reason(error)}`)
      say(texts.failed)
      end('failed')
    }
  }
  throw new ColloquyError('bad_dialog', `Dialogs open one another without end (${RUNS} in one turn).`)
}
