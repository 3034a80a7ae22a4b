import type { Frame, Pending, Result } from '../conversation.js'
import { within } from '../duration.js'
import { ColloquyError, reason } from '../errors.js'
import type { Choice, Json, Part } from '../message.js'
import type { Texts } from '../text/texts.js'
import { SCALES, yesOrNo } from './choice.js'
import type { Dialog, DialogContext, Once } from './dialog.js'
import type { Outcome, RunEnvironment } from './environment.js'
import { formFor } from './form.js'
import { hash } from './hash.js'
import { SKIP } from './slot.js'

/**
 * Runs one dialog from the top over its stored answers and results, as far as it goes without a new answer.
 *
 * Results are keyed by name and by a hash of their input, never by position: a changed input runs again exactly what it
 * feeds, and a deploy may insert, remove or reorder steps. The frame is changed in place.
 *
 * @throws whatever the dialog throws.
 */
export function runFrame(dialog: Dialog, frame: Frame, env: RunEnvironment): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const run = new Run(dialog, frame, env, resolve, reject)
    // The generic signatures of the context are for the dialog's author; here a name is a string and a value is JSON.
    const done = Promise.resolve(dialog.run(run as unknown as DialogContext))
    done.then(() => void run.end({ type: 'finished' }), reject)
  })
}

const never = () => new Promise<never>(() => {})

class Run {
  readonly person: string
  readonly intent: string | undefined
  readonly input: Json | undefined
  readonly texts: Texts
  private readonly used: string[] = []
  private readonly previous: Pending | undefined
  private loud: boolean
  /** What the frame has said first: it is marked once there is something to compare it with, which many dialogs never need. */
  private first: Part[] | undefined
  private working = 0
  private waiting = false
  private ended = false

  constructor(
    private readonly dialog: Dialog,
    private readonly frame: Frame,
    private readonly env: RunEnvironment,
    private readonly resolve: (outcome: Outcome) => void,
    private readonly reject: (error: unknown) => void,
  ) {
    this.person = env.person
    this.intent = frame.intent
    this.input = frame.input
    this.texts = env.texts
    this.previous = frame.pending
    this.loud = frame.pending === undefined
    delete frame.pending
  }

  async ask(name: string): Promise<Json> {
    const slot = this.dialog.slots[name]
    if (!slot)
      throw new ColloquyError('bad_dialog', `Dialog "${this.dialog.name}" asks for "${name}".`, 'Declare it in slots.')
    this.claim(name)
    const known = this.knownAnswer(name)
    if (known !== undefined) {
      this.frame.slots[name] = known
      return known
    }
    delete this.frame.slots[name]
    const choices = slot.kind === 'yesNo' ? yesOrNo(this.texts) : [...(slot.choices ?? [])]
    if (slot.optional) choices.push({ label: this.texts.skip, value: SKIP })
    return this.wait({ name, kind: 'slot', question: slot.ask, ...(choices.length > 0 && { choices }) })
  }

  async confirm(name: string, question: string): Promise<boolean> {
    this.claim(name)
    const about = hash(question)
    const known = this.known(name, about)
    if (known) return known.output === true
    return this.wait({ name, kind: 'confirm', question, choices: yesOrNo(this.texts), about })
  }

  async choose(name: string, question: string, offered: readonly Choice[]): Promise<Json> {
    this.claim(name)
    const choices = offered.map(({ label, value }) => ({ label, value }))
    const about = hash([question, ...choices.map((one) => one.value)])
    const known = this.known(name, about)
    return known ? (known.output ?? null) : this.wait({ name, kind: 'choose', question, choices, about })
  }

  async rate(name: string, question: string, scale: 'thumbs' | 'stars' = 'thumbs'): Promise<number> {
    const chosen = Number(await this.choose(name, question, SCALES[scale]))
    if (this.env.fresh.has(name)) this.env.onFeedback(chosen)
    return chosen
  }

  async step(
    name: string,
    input: Json | undefined,
    work: (input: Json | undefined) => unknown,
  ): Promise<Json | undefined> {
    this.claim(name)
    const about = hash(input)
    const known = this.known(name, about)
    return known ? recall(known) : this.perform(name, { input: about }, () => work(input))
  }

  async commit(name: string, input: Json | undefined, work: (input: Json | undefined, once: Once) => unknown) {
    const closed = this.used.filter((one) => one in this.frame.slots)
    this.claim(name)
    const done = this.frame.results[name]
    if (done?.closed) return recall(done)
    const about = hash(input)
    const key = `${this.env.conversation}.${this.frame.id}.${name}.${about}`
    return this.perform(name, { input: about, closed }, async () => {
      const before = this.env.committed(key)
      if (!before) await this.env.intend().catch((error) => this.fail(error))
      const output = before ? before.output : storable(await work(input, { key }))
      // A failing store must end the turn, not reach a catch in the dialog.
      if (!before) await this.env.checkpoint(key, output ?? null).catch((error) => this.fail(error))
      this.env.onCommit(name, key, output ?? null)
      return output
    })
  }

  say(what: string | Part | Part[]): void {
    if (this.ended || !this.loud) return
    const parts: Part[] = typeof what === 'string' ? [{ type: 'text', text: what }] : [what].flat()
    if (this.first || this.frame.said.length > 0) {
      this.markFirst()
      const mark = hash(parts as unknown as Json)
      if (this.frame.said.includes(mark)) return
      this.frame.said.push(mark)
    } else this.first = parts
    this.env.emit(parts)
  }

  private markFirst(): void {
    if (this.first) this.frame.said.push(hash(this.first as unknown as Json))
    this.first = undefined
  }

  typing(soFar: string): void {
    if (!this.ended) this.env.typing(soFar)
  }

  understood(): void {
    this.env.onUnderstood()
  }

  link(other: string): Promise<void> {
    return this.env.link(other)
  }

  async askAgain(name: string, why: string): Promise<Json> {
    delete this.frame.slots[name]
    // What came after the slot may have been made of it: it is worked out again, even if the same answer comes back.
    for (const later of this.used.splice(this.used.indexOf(name))) {
      if (!this.frame.results[later]?.closed) delete this.frame.results[later]
    }
    this.env.emit([{ type: 'text', text: why }])
    return this.ask(name)
  }

  stop(text?: string): Promise<never> {
    if (text) this.say(text)
    return this.end({ type: 'stopped' })
  }

  handoff(why: string): Promise<never> {
    return this.end({ type: 'handoff', reason: why })
  }

  open(intent: string, text = ''): Promise<never> {
    return this.end({ type: 'open', intent, text })
  }

  end(outcome: Outcome): Promise<never> {
    if (!this.ended && !this.waiting) this.settle(outcome)
    return never()
  }

  private settle(outcome: Outcome): void {
    if (outcome.type === 'waiting') this.markFirst()
    if (!this.ended) this.resolve(outcome)
    this.ended = true
  }

  private fail(error: unknown): Promise<never> {
    this.ended = true
    this.reject(error)
    return never()
  }

  /** Notes that a name is used, and that the run has passed something new. */
  private claim(name: string): void {
    if (this.waiting && !this.ended) {
      const error = new ColloquyError(
        'concurrent_ask',
        `Dialog "${this.dialog.name}" goes on to "${name}" while a question waits for its answer.`,
        'Await one question at a time: no d.ask inside Promise.all.',
      )
      this.fail(error)
      throw error
    }
    if (this.used.includes(name)) {
      throw new ColloquyError(
        'duplicate_name',
        `Dialog "${this.dialog.name}" uses the name "${name}" twice in one run.`,
        "Every ask, step, commit and question needs a name of its own; in a loop, put the item's id in it.",
      )
    }
    this.used.push(name)
    if (this.env.fresh.has(name)) this.loud = true
  }

  /** What the customer has said, or is remembered from earlier, where it still fits. */
  private knownAnswer(name: string): Json | undefined {
    const slot = this.dialog.slots[name]
    const found = [this.frame.slots[name], slot?.remember ? this.env.remembered()[name] : undefined]
    return found.find((one) => one !== undefined && slot?.accepts(one))
  }

  private known(name: string, about: string): Result | undefined {
    const result = this.frame.results[name]
    return result?.input === about ? result : undefined
  }

  private wait(question: Omit<Pending, 'misses'>): Promise<never> {
    if (this.working > 0) {
      throw new ColloquyError(
        'concurrent_ask',
        `Dialog "${this.dialog.name}" asks "${question.name}" while a step is still at work.`,
        'Await the step first.',
      )
    }
    const { frame, dialog, env } = this
    const again = this.previous?.name === question.name && !this.env.fresh.has(question.name)
    const isKnown = (name: string) => this.knownAnswer(name) !== undefined
    const fields = question.kind === 'slot' ? formFor(dialog, question.name, isKnown, this.texts) : []
    this.frame.pending = {
      ...question,
      ...(fields.length > 0 && { form: fields.map(({ name }) => name) }),
      misses: again ? (this.previous?.misses ?? 0) : 0,
    }
    if (!again) delete frame.reminded
    if (dialog.remind !== undefined && !frame.reminded) frame.remindAt = env.now() + dialog.remind
    if (dialog.expire !== undefined && !(again && frame.reminded)) frame.expireAt = env.now() + dialog.expire
    this.waiting = true
    // A second question in the same tick (Promise.all) must still find this run open, to be told so.
    queueMicrotask(() => {
      if (this.ended) return
      const choices = question.choices ?? []
      const buttons = choices.length > 0 ? [{ type: 'choices' as const, choices }] : []
      const form = fields.length > 0 ? [{ type: 'form' as const, title: dialog.title(frame.intent), fields }] : []
      this.env.emit([{ type: 'text', text: question.question }, ...buttons, ...form])
      this.settle({ type: 'waiting' })
    })
    return never()
  }

  /** A step that never ends must not keep the customer waiting for ever. */
  private late(name: string): ColloquyError {
    const what = `"${name}" in dialog "${this.dialog.name}" took longer than ${this.env.stepLimit / 1000} s.`
    return new ColloquyError('step_timeout', what, 'Make it faster, or raise stepSeconds.')
  }

  private async perform(name: string, result: Result, work: () => unknown): Promise<Json | undefined> {
    this.working++
    try {
      const output = storable(await within(this.env.stepLimit, work, () => this.late(name)))
      this.frame.results[name] = { ...result, ...(output !== undefined && { output }) }
      return output
    } catch (error) {
      // Kept, so that a dialog that caught it takes the same path on its next run.
      this.frame.results[name] = { ...result, error: reason(error) }
      throw error
    } finally {
      this.working--
      this.loud = true
    }
  }
}

function recall(result: Result): Json | undefined {
  if (result.error !== undefined) throw new Error(result.error)
  return result.output
}

/** What a later run will read back from the store: the first run must not see more. */
function storable(output: unknown): Json | undefined {
  return output === undefined ? undefined : (JSON.parse(JSON.stringify(output)) as Json)
}
