import { type Part, plainText } from '@colloquy/core'
import type { Role } from '../../data/transcript.js'
import { type Fields, idOf, isObject, listOf, objectOf, textOf, timeOf } from '../fields.js'
import { jsonFormat } from '../json-format.js'
import type { Message } from '../message.js'
import { Unusable } from '../problems.js'

/** Our own: conversations as this command writes them and data sets have them, or the log of a `fileSink`. */
export const colloquy = jsonFormat({
  name: 'colloquy',
  expects: 'conversations one a line, {"id", "turns": [{"role", "text", "ts"}]}, or the events of a bot\'s log',
  recognises: (head) =>
    (/"turns"\s*:\s*\[/.test(head) && /"role"\s*:/.test(head)) ||
    (/"conversation"\s*:/.test(head) && /"type"\s*:\s*"(customer|bot|dialog|commit|feedback|handoff)"/.test(head)),
  lists: [],
  ordered: true,
  reading: () => messagesOf,
})

const ROLES: Record<string, Role> = {
  customer: 'customer',
  user: 'customer',
  agent: 'agent',
  assistant: 'agent',
  bot: 'agent',
  system: 'system',
}

function messagesOf(value: Fields, source: string): Message[] {
  return value.turns === undefined ? eventOf(value, source) : turnsOf(value, source)
}

function turnsOf(value: Fields, source: string): Message[] {
  const chat = idOf(value, 'id')
  if (chat === undefined) throw new Unusable('the conversation has no "id"')
  return listOf(value, 'turns').map((turn, n): Message => {
    if (!isObject(turn)) throw new Unusable(`"turns[${n}]" is no turn`)
    const role = ROLES[textOf(turn, 'role') ?? '']
    if (role === undefined) throw new Unusable(`"turns[${n}].role" is none of ${Object.keys(ROLES).join(', ')}`)
    return {
      chat,
      thread: '',
      whole: true,
      speaker: textOf(turn, 'speaker') ?? '',
      role,
      text: textOf(turn, 'text') ?? '',
      ts: timeOf(turn, 'ts'),
      source: `${source}.turns[${n}]`,
      more: knownOf(turn),
    }
  })
}

const REVIEWS = ['out_of_scope', 'low_margin', 'corrected', 'thumbs_down'] as const

function knownOf(turn: Fields): Message['more'] {
  const [action, predicted, decision] = [textOf(turn, 'action'), textOf(turn, 'predicted'), textOf(turn, 'decision')]
  const review = REVIEWS.find((one) => one === turn.review)
  const confidence = typeof turn.confidence === 'number' ? turn.confidence : undefined
  return {
    ...(action !== undefined && { action }),
    ...(predicted !== undefined && { predicted }),
    ...(confidence !== undefined && { confidence }),
    ...(decision !== undefined && { decision }),
    ...(review && { review }),
  }
}

/** What a customer or the bot said; other events tell nothing that was said. */
function eventOf(event: Fields, source: string): Message[] {
  const type = textOf(event, 'type')
  const chat = idOf(event, 'conversation')
  if (chat === undefined) throw new Unusable('there are neither "turns" nor a "conversation"')
  const common = { chat, thread: '', whole: true, ts: timeOf(event, 'at'), source, id: idOf(event, 'id') }
  if (type === 'bot') {
    const parts = listOf(objectOf(event, 'message') ?? {}, 'parts') as Part[]
    return [{ ...common, speaker: 'bot', role: 'agent', text: plainText(parts) }]
  }
  if (type !== 'customer') return []
  const understood = objectOf(event, 'understanding')
  const more = knownOf({
    predicted: understood?.intent,
    confidence: understood?.confidence,
    decision: event.decision,
    review: event.review,
  })
  return [
    { ...common, speaker: idOf(event, 'person') ?? '', role: 'customer', text: textOf(event, 'text') ?? '', more },
  ]
}
