import { type Conversation, type Frame, top } from './conversation.js'
import { type Decision, TEXT_LIMIT } from './decide.js'
import type { Engine } from './engine.js'
import type { LogEvent } from './log/event.js'
import { maskEvent } from './log/mask.js'
import type { IncomingMessage, Json, Part } from './message.js'
import type { Classification } from './nlu/classifier.js'
import type { Commit } from './store/store.js'

type Unnumbered = LogEvent extends infer E
  ? E extends LogEvent
    ? Omit<E, 'id' | 'conversation' | 'person' | 'channel' | 'at'>
    : never
  : never

/** The classifier's ranking is logged this far down. */
const RANKED = 3

/** What one turn says and what it will log, until both are saved with its state. */
export class Reply {
  private readonly said: { parts: Part[]; dialog?: string }[] = []
  private readonly notes: Unnumbered[] = []
  private readonly secrets = new Map<string, string>()

  constructor(
    private readonly engine: Engine,
    private readonly conversation: Conversation,
    private readonly message: IncomingMessage,
  ) {}

  /** Logs what the customer said and what was made of it. Call it once the decision has been applied. */
  customer(decision: Decision, classification: Classification | undefined): void {
    const { id, text, choice } = this.message
    const frame = top(this.conversation)
    this.hide(frame)
    // A personal answer may be stored in another form than it was written in: then none of the message is kept.
    const slot = decision.type === 'answer' && frame?.pending?.kind === 'slot' ? frame.pending.name : undefined
    const personal = slot !== undefined && this.slotsOf(frame)[slot]?.pii
    const shown = personal && !text.includes(String(frame?.slots[slot])) ? `[${slot}]` : text.slice(0, TEXT_LIMIT)
    this.note({
      type: 'customer',
      message: id,
      text: shown,
      ...(choice !== undefined && { choice }),
      ...(classification && {
        understanding: { ...classification, ranking: classification.ranking.slice(0, RANKED) },
      }),
      decision: decision.type === 'command' ? decision.command : decision.type,
    })
  }

  say(parts: Part[], dialog?: string): void {
    this.said.push({ parts, ...(dialog !== undefined && { dialog }) })
  }

  note(event: Unnumbered): void {
    this.notes.push(event)
  }

  /** Keeps the personal values of a dialog out of the log. */
  hide(frame: Frame | undefined): void {
    for (const [name, slot] of Object.entries(this.slotsOf(frame))) {
      const value = frame?.slots[name]
      if (!slot.pii || value === undefined) continue
      for (const form of [scalar(value), slot.show(value)]) if (form !== '') this.secrets.set(form, name)
    }
  }

  /** Numbers what was said, puts it into the outbox, and gives the write that makes the turn real. */
  commit(expected: number): Commit {
    const { conversation, engine } = this
    for (const frame of conversation.frames) this.hide(frame)
    const prefix = `${conversation.id}.${expected + 1}`
    const messages = this.said.map(({ parts, dialog }, n) => ({ message: { id: `${prefix}.${n + 1}`, parts }, dialog }))
    for (const { message, dialog } of messages) {
      this.note({ type: 'bot', message, ...(dialog !== undefined && { dialog }) })
      conversation.outbox.push(message)
    }
    if (this.said.length > 0) conversation.last = this.said.map((one) => one.parts)
    const { id, person, channel } = conversation
    const common = { conversation: id, person, channel, at: engine.now() }
    return {
      document: conversation,
      expected,
      events: this.notes.map((event, n) => maskEvent({ ...event, ...common, id: `${prefix}.e${n + 1}` }, this.secrets)),
      handled: this.message.id,
      ...(conversation.outbox.length > 0 && { due: common.at }),
    }
  }

  private slotsOf(frame: Frame | undefined) {
    return this.engine.dialogs.get(frame?.dialog ?? '')?.slots ?? {}
  }
}

function scalar(value: Json): string {
  return typeof value === 'object' ? '' : String(value)
}
