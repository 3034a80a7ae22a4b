import type { Pending } from './conversation.js'
import { matchChoice, parseYesNo } from './dialog/choice.js'
import type { Slots } from './dialog/dialog.js'
import { findSlots } from './dialog/fill.js'
import { readField } from './dialog/form.js'
import { SKIP, type Slot } from './dialog/slot.js'
import { contains } from './dialog/words.js'
import type { Attachment, Json } from './message.js'
import type { Classification } from './nlu/classifier.js'
import type { Command, Language } from './text/texts.js'
import { isVoice } from './transcribe/transcribe.js'

/** Calibrated confidences between which the engine decides, each 0 to 1. */
export interface Thresholds {
  /** From here on the first intent is taken without asking. */
  sure: number
  /** Under it nothing is understood. */
  unsure: number
  /** An intent this likely interrupts a question with a strict answer … */
  digress: number
  /** … and this likely one with a free-text answer, or with a sentence that only mentions a choice. */
  interrupt: number
}

/** All that a decision depends on. */
export interface Situation {
  text: string
  choice?: string
  /** What was typed into a form. */
  fields?: Readonly<Record<string, string>>
  attachments: readonly Attachment[]
  /** Whether a person answers instead of the bot. */
  handedOver: boolean
  language: Language
  thresholds: Thresholds
  /**
   * The dialog that is talking: its name, whether it is one of the engine's own (whose questions give way to anything
   * else), slots, the slots of its form, answers so far, and the slots that a commit has used.
   */
  talking?: {
    dialog: string
    builtin: boolean
    slots: Slots
    form: readonly string[]
    answers: Record<string, Json>
    closed: string[]
    pending?: Pending
  }
  /** Undefined until {@link decide} has asked for it. */
  classification?: Classification
  /** The dialog that an intent opens. */
  dialogOf(intent: string): string | undefined
}

/** What to do about one message. */
export type Decision =
  | { type: 'relay' | 'return' | 'empty' | 'tooLong' | 'unheard' | 'file' | 'stale' }
  | { type: 'submit'; values: Record<string, Json>; unfit: string[]; closed: string[] }
  | { type: 'answer'; value: Json; fills: Record<string, Json> }
  | { type: 'fill'; fills: Record<string, Json> }
  | { type: 'correct'; slot: string; value?: Json }
  | { type: 'closed'; slot: string }
  | { type: 'open' | 'digress'; intent: string }
  | { type: 'clarify'; intents: string[] }
  | { type: 'command'; command: Command }
  | { type: 'invalid' | 'needed' }
  /** `likely`: it is unlike anything known, and yet like one intent, which is the first of these. */
  | { type: 'fallback'; intents: string[]; likely?: true }
  | { type: 'classify' }

/** A decision in one word, for the log: a command by its own name. */
export function nameOf(decision: Decision): string {
  return decision.type === 'command' ? decision.command : decision.type
}

/** Longer messages are refused, in characters. */
export const TEXT_LIMIT = 8000

/** How often in a row an answer may miss its question before a person is called. */
const MISSES = 3

/** How many intents a customer is offered to choose from. */
const OFFERED = 3

/** Commands that go before a free-text answer; a greeting there is just text. */
const URGENT: readonly Command[] = ['cancel', 'repeat', 'help', 'human']

/** What stands in a message, before anything is decided. */
export interface Reading {
  command: Command | undefined
  /** The slot that was asked for, and whether it takes any text. */
  slot: Slot | undefined
  free: boolean
  /** The answer to the question that was asked, and whether it may as well mean something else. */
  answer: Json | undefined
  loose: boolean
  /** Values for slots of the dialog, wherever they stand. */
  found: Record<string, Json>
  correction: Decision | undefined
}

/** Reads a message in the light of the question that was asked. */
export function read(now: Situation): Reading {
  const { talking } = now
  const pending = talking?.pending
  const slot = pending?.kind === 'slot' ? talking?.slots[pending.name] : undefined
  const free = slot !== undefined && !slot.strict
  const loose = free || (pending !== undefined && slot?.kind !== 'yesNo' && inPassing(pending, now))
  const found = talking ? findSlots(now.text, talking.slots, pending?.name) : {}
  const answer = pending && talking ? parseAnswer(pending, talking.slots, now) : undefined
  return {
    command: commandIn(now),
    slot,
    free,
    answer,
    loose,
    found,
    correction: talking && correct(now, talking, found),
  }
}

/**
 * The one decision of a turn, read from top to bottom: the first row that applies is taken. `classify` asks to be called
 * again with the classification, which most answers do not need.
 */
export function decide(now: Situation): Decision {
  const { talking, classification, thresholds } = now
  if (now.handedOver) return { type: commandIn(now) === 'bot' ? 'return' : 'relay' }
  const written = now.fields ? [now.text, ...Object.values(now.fields)] : [now.text]
  if (written.some((one) => one.length > TEXT_LIMIT)) return { type: 'tooLong' }
  if (now.fields) return submit(now.fields, talking)
  if (now.text.trim() === '' && now.choice === undefined && now.attachments.length === 0) return { type: 'empty' }

  const pending = talking?.pending
  const { command, slot, free, answer, loose, found, correction } = read(now)

  if (correction && now.language.correction.test(now.text)) return correction
  if (answer !== undefined && !loose) return { type: 'answer', value: answer, fills: others(found, talking, pending) }
  // What was heard in a voice note would stand in the text.
  const wordless = now.text.trim() === '' && now.choice === undefined
  if (wordless && now.attachments.some(isVoice)) return { type: 'unheard' }
  if (wordless && (!pending || talking?.builtin)) return { type: 'file' }
  if (command === 'skip') {
    if (slot?.optional) return { type: 'answer', value: null, fills: {} }
    if (slot && !free) return { type: 'needed' }
  } else if (command && (!free || URGENT.includes(command))) return { type: 'command', command }
  if (correction && !free) return correction
  const change = talking && slotToChange(now, talking)
  if (change)
    return talking.closed.includes(change) ? { type: 'closed', slot: change } : { type: 'correct', slot: change }
  const fills = others(found, talking, pending)
  if (pending && !free && Object.keys(fills).length > 0) return { type: 'fill', fills }

  if (!classification) return { type: 'classify' }
  const { intent, confidence, outOfScope, ranking } = classification
  const opens = outOfScope ? undefined : now.dialogOf(intent)
  if (pending && !talking?.builtin) {
    const elsewhere = opens !== undefined && opens !== talking?.dialog
    if (elsewhere && confidence >= (loose && answer !== undefined ? thresholds.interrupt : thresholds.digress))
      return { type: 'digress', intent }
    if (answer !== undefined) return { type: 'answer', value: answer, fills }
    return pending.misses + 1 >= MISSES ? { type: 'command', command: 'human' } : { type: 'invalid' }
  }
  const known = ranking.filter((one) => now.dialogOf(one.intent)).slice(0, OFFERED)
  const fallback: Decision = { type: 'fallback', intents: known.map((one) => one.intent) }
  if (now.dialogOf(intent) === undefined) return fallback
  if (opens && confidence >= thresholds.sure) return { type: 'open', intent }
  const rivals = known.filter((one) => one.confidence >= confidence / 3).map((one) => one.intent)
  if (!opens) return confidence >= thresholds.sure ? { type: 'fallback', intents: rivals, likely: true } : fallback
  if (rivals.length > 1) return { type: 'clarify', intents: rivals }
  return confidence >= thresholds.unsure ? { type: 'open', intent } : fallback
}

type Talking = NonNullable<Situation['talking']>

/** A form answers the questions of the dialog that is talking, or came too late. */
function submit(fields: Readonly<Record<string, string>>, talking: Talking | undefined): Decision {
  const { slots = {}, form = [], answers = {}, closed = [], pending } = talking ?? {}
  if (!form.some((name) => name in fields)) return { type: 'stale' }
  const read = form.flatMap((name) => {
    const slot = slots[name]
    // A field that may be skipped is left out by some channels where it is empty.
    const typed = fields[name]?.trim() ?? (pending?.form?.includes(name) ? '' : undefined)
    if (!slot || typed === undefined || slot.kind === 'attachment') return []
    const value = readField(typed, slot)
    const known = name in answers && JSON.stringify(value) === JSON.stringify(answers[name])
    return known || (typed === '' && value === undefined) ? [] : [{ name, value }]
  })
  const open = read.filter(({ name }) => !closed.includes(name))
  return {
    type: 'submit',
    values: Object.fromEntries(open.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]]))),
    unfit: open.filter(({ value }) => value === undefined).map(({ name }) => name),
    closed: read.filter(({ name }) => closed.includes(name)).map(({ name }) => name),
  }
}

/** "I lost my card" names the choice "card" without being an answer to "How did you pay?": it may mean something else. */
function inPassing({ kind, choices = [] }: Pending, { text, choice }: Situation): boolean {
  if (kind === 'confirm' || choices.length === 0 || choice !== undefined) return false
  const said = text.trim().toLowerCase()
  return said.split(/\s+/).length > 3 && !choices.some(({ label }) => label.toLowerCase() === said)
}

function parseAnswer(pending: Pending, slots: Slots, { text, choice, attachments }: Situation): Json | undefined {
  if (pending.kind === 'confirm') return parseYesNo(text, choice)
  if (pending.kind === 'choose') return matchChoice(pending.choices ?? [], text, choice)
  const slot = slots[pending.name]
  return choice === SKIP && slot?.optional ? null : slot?.parse(text, choice, attachments)
}

function commandIn({ text, choice, language }: Situation): Command | undefined {
  if (choice !== undefined) return undefined
  const said = text.trim()
  for (const command in language.commands)
    if (language.commands[command as Command].test(said)) return command as Command
  return undefined
}

/** A value for a slot that has another one already. */
function correct(now: Situation, talking: Talking, found: Record<string, Json>): Decision | undefined {
  const different = Object.entries(found).filter(
    ([name, value]) =>
      name in talking.answers &&
      name !== talking.pending?.name &&
      JSON.stringify(talking.answers[name]) !== JSON.stringify(value),
  )
  const [first, ...rest] = different
  if (!first || rest.length > 0 || now.choice !== undefined) return undefined
  const [slot, value] = first
  return talking.closed.includes(slot) ? { type: 'closed', slot } : { type: 'correct', slot, value }
}

/** "Change the order number": which slot that names. */
function slotToChange({ text, language }: Situation, talking: Talking): string | undefined {
  const named = language.change.exec(text)?.[1]
  if (named === undefined) return undefined
  const answered = Object.keys(talking.answers).filter((name) => contains(named, talking.slots[name]?.label ?? name))
  return answered.length === 1 ? answered[0] : undefined
}

/** What else the message fills: slots that have no answer yet. */
function others(found: Record<string, Json>, talking?: Talking, pending?: Pending): Record<string, Json> {
  if (!talking) return {}
  return Object.fromEntries(
    Object.entries(found).filter(([name]) => name !== pending?.name && !(name in talking.answers)),
  )
}
