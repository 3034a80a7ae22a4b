import type { Logger } from 'pino'
import { Checkpoints } from './checkpoint.js'
import {
  CONVERSATION_FORMAT,
  type Conversation,
  dueOf,
  type Frame,
  IN_HAND,
  type Outgoing,
  top,
} from './conversation.js'
import { type Decision, nameOf, type Situation, TEXT_LIMIT } from './decide.js'
import type { Slots } from './dialog/dialog.js'
import type { Engine } from './engine.js'
import { ColloquyError } from './errors.js'
import { loggedError } from './log/error.js'
import type { LogEvent, LoggedUnderstanding } from './log/event.js'
import { formsOf, maskEvent } from './log/mask.js'
import { reviewOf } from './log/review.js'
import type { IncomingMessage, Part } from './message.js'
import type { Classification } from './nlu/classifier.js'
import type { Profile } from './profile.js'
import type { Stored } from './store/store.js'

type Common = 'id' | 'conversation' | 'person' | 'channel' | 'at'
type Note = LogEvent extends infer E ? (E extends LogEvent ? Omit<E, Common> : never) : never

/** The classifier's ranking is logged this far down. */
const RANKED = 3
/** Shorter utterances ("yes") give nothing away, and stand in any text, in characters. */
const TELLING = 4

/** A turn before it is saved: the conversation as it will be, what the bot will say, and what will be logged. */
export class Draft {
  readonly conversation: Conversation
  readonly checkpoints: Checkpoints
  /** What is known of the person, where some dialog remembers anything. */
  profile: Profile | undefined
  /** What the turn answers, where it answers a message. */
  message: IncomingMessage | undefined
  /** Personal values that this turn has met, and the slots they belong to. */
  readonly secrets = new Map<string, string>()
  private readonly said: (Omit<Outgoing, 'id'> & { dialog?: string })[] = []
  private readonly notes: Note[] = []
  private remembered = false

  constructor(
    private readonly engine: Engine,
    stored: Stored | undefined,
    begin: () => Conversation,
  ) {
    this.conversation = stored?.document ?? begin()
    if (this.conversation.format !== CONVERSATION_FORMAT) {
      throw new ColloquyError(
        'newer_document',
        `Conversation ${this.conversation.id} was written by another version of Colloquy.`,
        'Its messages wait in the store: start the newer version again.',
      )
    }
    const { id, checkpoints, committing } = this.conversation
    this.checkpoints = new Checkpoints(engine.store, begin, id, checkpoints, committing, stored?.version ?? 0)
    if (stored?.settled) this.conversation.outbox = []
    // A value that this turn corrects stays a secret.
    for (const frame of this.conversation.frames) this.hide(frame)
  }

  say(parts: Part[], dialog?: string): void {
    const last = this.said.findLast((one) => one.to === undefined)
    // What asks for thumbs needs something that they are about; alone, many channels could not show it.
    if (last && parts.every((part) => part.type === 'feedback')) {
      if (!last.parts.some((part) => part.type === 'feedback')) last.parts = [...last.parts, ...parts]
    } else this.said.push({ parts, ...(dialog !== undefined && { dialog }) })
  }

  /** Asks for thumbs on what a dialog has said last, where it has said anything. */
  askFeedback(dialog: string): void {
    const last = this.said.findLast((one) => one.to === undefined)
    if (last?.dialog === dialog) this.say([{ type: 'feedback' }], dialog)
  }

  /** Says something in the name of a person. */
  sayFor(speaker: string, parts: Part[]): void {
    for (const part of parts) if (part.type === 'text') this.hideSaid(part.text, {})
    this.said.push({ parts, speaker })
  }

  /** Shows something to the people at the desk, where there is one. */
  relay(parts: Part[], reason?: string): void {
    if (this.engine.desk && (parts.length > 0 || reason !== undefined))
      this.said.push({ parts, to: 'desk', ...(reason !== undefined && { reason }) })
  }

  tell(text: string): void {
    this.say([{ type: 'text', text }])
  }

  note(event: Note): void {
    this.notes.push(event)
  }

  /** Logs what the customer said and what was made of it. Call it once the decision has been applied. */
  customer(message: IncomingMessage, decision: Decision, { talking, classification }: Situation): void {
    const { id, text, choice, fields, attachments = [] } = message
    const linked = attachments.filter(({ url }) => !url.startsWith('data:'))
    const frame = top(this.conversation)
    const said = text.slice(0, TEXT_LIMIT)
    this.hide(frame)
    // A personal value is hidden as it was written, too, and whether or not it was taken.
    const slots = { ...talking?.slots, ...this.slotsOf(frame) }
    for (const [name, slot] of Object.entries(slots))
      if (slot.pii) {
        for (const { start, end } of slot.find(said)) this.secrets.set(said.slice(start, end), name)
        if (fields?.[name]) this.secrets.set(fields[name], name)
      }
    this.hideSaid(said, slots)
    // A personal answer may be stored in another form than it was written in: then none of the message is kept.
    const slot = decision.type === 'answer' && frame?.pending?.kind === 'slot' ? frame.pending.name : undefined
    const personal = slot !== undefined && this.slotsOf(frame)[slot]?.pii
    const shown = personal && !said.includes(String(frame?.slots[slot])) ? `[${slot}]` : said
    const review = reviewOf(decision, classification)
    this.note({
      type: 'customer',
      message: id,
      text: shown,
      ...(choice !== undefined && { choice }),
      ...(fields && { fields }),
      ...(linked.length > 0 && { attachments: linked }),
      ...(classification && { understanding: understandingOf(classification) }),
      decision: nameOf(decision),
      ...(review && { review }),
    })
  }

  get log(): Logger {
    return this.engine.log.child({ conversation: this.conversation.id })
  }

  /** Logs an error of a dialog, which may quote the customer. */
  failed(what: string, frame: Frame | undefined, error: unknown): void {
    this.hide(frame)
    // What the customer wrote, which no line of the technical log repeats.
    const said = this.message?.text.trim() ?? ''
    const secrets = new Map([...(said.length < TELLING ? [] : [[said, 'message'] as const]), ...this.secrets])
    const err = loggedError(error, secrets)
    this.log.error({ dialog: frame?.dialog, err }, `${what}: ${err.message}`)
  }

  /** Takes note of a dialog's values: personal ones are kept out of the log, others may be worth remembering. */
  hide(frame: Frame | undefined): void {
    const declared = this.slotsOf(frame)
    for (const name in frame?.slots) {
      const slot = declared[name]
      const value = frame.slots[name]
      if (!slot || value === undefined) continue
      if (slot.pii) for (const form of formsOf(slot, value)) this.secrets.set(form, name)
      if (slot.remember && this.profile && this.profile.remembered[name] !== value) {
        this.profile.remembered[name] = value
        this.remembered = true
      }
    }
  }

  /** Keeps out of the log what any dialog takes for personal, unless one of these slots knows it as something else. */
  private hideSaid(text: string, slots: Slots): void {
    const { personal } = this.engine
    if (personal.length === 0) return
    const known = Object.values(slots).flatMap((slot) => (slot.pii ? [] : slot.find(text)))
    for (const { name, slot } of personal) {
      for (const { start, end } of slot.find(text)) {
        const said = text.slice(start, end)
        if (!this.secrets.has(said) && !known.some((one) => one.start < end && start < one.end))
          this.secrets.set(said, name)
      }
    }
  }

  /** Stores the message before a commit, so that a process that dies leaves it to another, and lets nothing go before it. */
  async intend(): Promise<void> {
    const { store, now } = this.engine
    if (!this.message) return
    // Where processes share a store, every message is stored before its turn.
    if (!store.shared) await store.append(this.message, now() + IN_HAND)
    await this.checkpoints.intend(this.message.id)
  }

  /**
   * Writes everything at once.
   *
   * @param handled - the id of the message that this turn was for.
   * @returns undefined where another process was faster.
   */
  async save(handled?: string): Promise<Stored | undefined> {
    const { conversation, engine, profile } = this
    for (const frame of conversation.frames) this.hide(frame)
    conversation.checkpoints = this.checkpoints.left()
    const expected = this.checkpoints.version
    const messages = this.number(`${conversation.id}.${expected + 1}`)
    conversation.outbox.push(...messages)
    const heard = messages.filter((message) => message.to === undefined)
    if (heard.length > 0) conversation.last = heard.map((message) => message.parts)
    const due = dueOf(conversation, engine.now())
    const events = this.events(`${conversation.id}.${expected + 1}`)
    const saved = await engine.store.save({
      document: conversation,
      expected,
      events,
      ...(due !== undefined && { due }),
      ...(handled !== undefined && { handled }),
      ...(this.remembered && profile && { profile }),
    })
    if (!saved) return undefined
    engine.telemetry.count(events)
    engine.sinks.write(events)
    return { document: conversation, version: expected + 1, settled: conversation.outbox.length === 0 }
  }

  private number(prefix: string): Outgoing[] {
    return this.said.map(({ dialog, ...said }, n) => {
      const message = { id: `${prefix}.${n + 1}`, ...said }
      if (said.to === undefined) this.note({ type: 'bot', message, ...(dialog !== undefined && { dialog }) })
      return message
    })
  }

  private events(prefix: string): LogEvent[] {
    const { id: conversation, person, channel } = this.conversation
    const at = this.engine.now()
    // What every event has goes first: V8 builds an object that begins with a spread thirty times slower.
    return this.notes.map((note, n) =>
      maskEvent({ id: `${prefix}.e${n + 1}`, conversation, person, channel, at, ...note }, this.secrets),
    )
  }

  private slotsOf(frame: Frame | undefined) {
    return this.engine.dialogs.get(frame?.dialog ?? '')?.slots ?? {}
  }
}

function understandingOf({
  intent,
  confidence,
  outOfScope,
  score,
  ranking,
  ...more
}: Classification): LoggedUnderstanding {
  return { intent, confidence, outOfScope, score, ranking: ranking.slice(0, RANKED), ...more }
}
