import { type Decision, nameOf, type Reading, read, type Situation, TEXT_LIMIT } from '../decide.js'
import type { Slot } from '../dialog/slot.js'
import type { Json } from '../message.js'
import type { Why } from './view.js'

/** The classifier's ranking is shown this far down. */
const RANKED = 5

/** What is decided without looking for anything in the text. */
const UNREAD = new Set<Decision['type']>(['relay', 'return', 'empty', 'tooLong', 'submit', 'stale'])

/** Says in words why a decision was taken. Values of personal slots are not in it; texts may be, and are masked elsewhere. */
export function explain(situation: Situation, decision: Decision): Why {
  const { classification, thresholds } = situation
  return {
    decision: nameOf(decision),
    because: because(situation, decision),
    facts: facts(situation, decision),
    ...(classification && {
      classification: {
        outOfScope: classification.outOfScope,
        score: classification.score,
        ranking: classification.ranking.slice(0, RANKED),
        thresholds: Object.entries(thresholds).map(([name, value]) => ({ name, value })),
      },
    }),
  }
}

function because(situation: Situation, decision: Decision): string {
  const { classification, thresholds, talking } = situation
  const intent = classification ? `“${classification.intent}” at ${percent(classification.confidence)}` : ''
  switch (decision.type) {
    case 'relay':
      return 'A person has this conversation, so the bot stays silent.'
    case 'return':
      return 'The customer asked for the bot back.'
    case 'empty':
      return 'There is nothing in the message.'
    case 'tooLong':
      return `The message is longer than ${TEXT_LIMIT} characters.`
    case 'file':
      return 'It is a file that no question has asked for, and nothing is written beside it.'
    case 'unheard':
      return 'It is a voice message that could not be turned into text.'
    case 'stale':
      return 'A form was sent that belongs to nothing that is under way.'
    case 'submit':
      return 'A form was filled in.'
    case 'answer':
      if (decision.value === null) return 'The question may be skipped, and the customer skips it.'
      return classification
        ? `It fits the question, and ${intent} is not sure enough to interrupt it.`
        : 'It fits the question that was asked.'
    case 'fill':
      return 'It does not fit the question, but holds values that the dialog will need.'
    case 'correct':
      return decision.value === undefined
        ? `The customer wants to change “${decision.slot}”, so it is asked for again.`
        : `It holds another value for “${decision.slot}”, which has been answered before.`
    case 'closed':
      return `It would change “${decision.slot}”, which a commit has used already.`
    case 'needed':
      return 'The customer wants to skip a question that must be answered.'
    case 'invalid':
      return `It does not fit the question, and ${intent || 'nothing'} is no reason to interrupt it.`
    case 'command': {
      const said = situation.text.length <= TEXT_LIMIT && read(situation).command === decision.command
      return said
        ? `It is the command “${decision.command}”.`
        : 'The question has been missed too often: a person takes over.'
    }
    case 'digress':
      return `${intent} is sure enough to interrupt “${talking?.dialog}”.`
    case 'open':
      return classification && classification.confidence >= thresholds.sure
        ? `${intent} is sure: ${percent(thresholds.sure)} or more.`
        : `${intent} is not sure, but nothing else comes close.`
    case 'clarify':
      return `${intent} is not sure, and others are close: the customer is asked.`
    case 'fallback':
      if (decision.likely)
        return `It is unlike what the model knows, and yet like ${intent}: the customer may be asked.`
      if (classification?.outOfScope) return 'It is unlike anything that the model knows.'
      return situation.dialogOf(classification?.intent ?? '') === undefined
        ? `No dialog opens with ${intent}.`
        : `${intent} is too unsure: under ${percent(thresholds.unsure)}.`
    case 'classify':
      return 'The classifier has to be asked.'
  }
}

function facts(situation: Situation, { type }: Decision): Why['facts'] {
  if (UNREAD.has(type)) return []
  const { talking, choice } = situation
  const reading = read(situation)
  const { command, correction, found } = reading
  const values = Object.entries(found).map(([name, value]) => `${name} = ${shown(talking?.slots[name], name, value)}`)
  const cue = situation.language.correction.exec(situation.text)?.[0]
  const pending = talking?.pending
  const missed =
    pending && pending.misses > 0 ? ` Missed ${pending.misses === 1 ? 'once' : `${pending.misses} times`} so far.` : ''
  return [
    { name: 'Dialog', value: talking?.dialog ?? 'none under way' },
    { name: 'Question', value: pending ? `“${pending.question}” (${pending.name}).${missed}` : 'none' },
    ...(pending ? [{ name: 'Answer', value: answerOf(reading, pending.name) }] : []),
    ...(talking ? [{ name: 'Found', value: values.join(', ') || 'nothing' }] : []),
    ...(correction && 'slot' in correction
      ? [{ name: 'Correction', value: `of ${correction.slot}${cue ? `, announced by “${cue}”` : ''}` }]
      : []),
    ...(command ? [{ name: 'Command', value: command }] : []),
    ...(choice === undefined ? [] : [{ name: 'Pressed', value: 'a button' }]),
  ]
}

function answerOf({ answer, slot, free, loose }: Reading, name: string): string {
  if (answer === undefined) return 'does not fit'
  const value = shown(slot, name, answer)
  if (free) return `${value} (any text fits, so a confident intent may interrupt)`
  return loose ? `${value} (mentioned in a sentence that may mean something else)` : value
}

function shown(slot: Slot | undefined, name: string, value: Json): string {
  if (value === null) return 'skipped'
  if (slot?.pii) return `[${name}]`
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return slot ? slot.show(value) : JSON.stringify(value)
}

const percent = (share: number) => `${Math.round(share * 100)}\u00a0%`
