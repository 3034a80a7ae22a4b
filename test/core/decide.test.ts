import { type Classification, decide, type Situation, type Slots, slot } from '@colloquy/core'
import { describe, expect, it } from 'vitest'
import { english } from './english.js'

const slots: Slots = {
  order: slot.pattern(/\b\d{6}\b/, { ask: 'Which order?', label: 'order number' }),
  email: slot.email({ ask: 'Which email?' }),
  reason: slot.choice(['damaged', 'late', 'lost card'], { ask: 'What went wrong?' }),
  story: slot.text({ ask: 'What happened?' }),
  city: slot.text({ ask: 'Which city?', optional: true }),
  note: slot.attachment({ ask: 'Can you send me a recording?' }),
}
const intents: Record<string, string> = { request_refund: 'refund', track_order: 'track', close_account: 'close' }

function understood(intent: string, confidence: number, second = 'close_account'): Classification {
  const ranking = [
    { intent, confidence },
    { intent: second, confidence: (1 - confidence) * 0.9 },
  ]
  return { intent, confidence, ranking, outOfScope: false, score: 1 }
}
const unknown: Classification = { ...understood('track_order', 0.3), outOfScope: true }

const base: Situation = {
  text: '',
  attachments: [],
  handedOver: false,
  language: english,
  thresholds: { sure: 0.6, unsure: 0.3, digress: 0.6, interrupt: 0.9 },
  dialogOf: (intent) => intents[intent],
}

function asking(name: string, more: Partial<NonNullable<Situation['talking']>> = {}): Partial<Situation> {
  const { choices, ask } = slots[name] ?? {}
  const pending = {
    name,
    kind: 'slot' as const,
    question: ask ?? '',
    misses: 0,
    ...(choices && { choices: [...choices] }),
  }
  return { talking: { dialog: 'refund', builtin: false, slots, form: [], answers: {}, closed: [], pending, ...more } }
}
const together = ['order', 'email', 'reason', 'city']
const form = asking('order', {
  form: together,
  pending: { name: 'order', kind: 'slot', question: '', form: together, misses: 0 },
})
const photo = { name: 'card.png', type: 'image/png', url: 'data:image/png,' }
const voice = { name: 'note.ogg', type: 'audio/ogg', url: 'data:audio/ogg,' }
const confirming: Partial<Situation> = asking('order', {
  pending: { name: 'sure', kind: 'confirm', question: 'Sure?', misses: 0 },
  answers: { order: '123456' },
})

type Row = [claim: string, situation: Partial<Situation>, decision: object]

const rows: Row[] = [
  // Nobody is at home
  ['relays to the person who has the conversation', { text: 'hello?', handedOver: true }, { type: 'relay' }],
  ['comes back from a person when called', { text: 'bot', handedOver: true }, { type: 'return' }],
  ['refuses what is too long to read', { text: 'a'.repeat(9000) }, { type: 'tooLong' }],
  ['notices an empty message', { text: ' \n ' }, { type: 'empty' }],
  // Nothing is being asked
  ['classifies what nothing else explains', { text: 'my parcel' }, { type: 'classify' }],
  [
    'opens a sure intent',
    { text: 'x', classification: understood('track_order', 0.9) },
    { type: 'open', intent: 'track_order' },
  ],
  [
    'lets the customer choose between close intents',
    { text: 'x', classification: understood('track_order', 0.5) },
    { type: 'clarify', intents: ['track_order', 'close_account'] },
  ],
  [
    'opens an unsure intent that has no rival',
    { text: 'x', classification: understood('track_order', 0.5, 'not_ours') },
    { type: 'open', intent: 'track_order' },
  ],
  [
    'falls back when out of scope, with what comes closest',
    { text: 'x', classification: unknown },
    { type: 'fallback', intents: ['track_order', 'close_account'] },
  ],
  [
    'falls back when out of scope, and knows where one intent is likely nevertheless',
    { text: 'x', classification: { ...understood('track_order', 0.9), outOfScope: true } },
    { type: 'fallback', intents: ['track_order'], likely: true },
  ],
  [
    'falls back on an intent that no dialog has',
    { text: 'x', classification: understood('not_ours', 0.9) },
    { type: 'fallback', intents: ['close_account'] },
  ],
  ['greets', { text: 'Hello!' }, { type: 'command', command: 'greet' }],
  ['calls a person', { text: 'can I talk to a human please' }, { type: 'command', command: 'human' }],
  // A strict question waits
  [
    'takes a fitting answer without a classifier',
    { text: 'it is 123456', ...asking('order') },
    { type: 'answer', value: '123456', fills: {} },
  ],
  [
    'takes what else the answer fills',
    { text: '123456, a@b.co', ...asking('order') },
    { type: 'answer', value: '123456', fills: { email: 'a@b.co' } },
  ],
  [
    'takes a pressed choice',
    { text: 'Late', choice: 'late', ...asking('reason') },
    { type: 'answer', value: 'late', fills: {} },
  ],
  ['takes a misspelt choice', { text: 'damagd', ...asking('reason') }, { type: 'answer', value: 'damaged', fills: {} }],
  [
    'fills another slot and asks again',
    { text: 'a@b.co', ...asking('order') },
    { type: 'fill', fills: { email: 'a@b.co' } },
  ],
  ['cancels', { text: 'never mind', ...asking('order') }, { type: 'command', command: 'cancel' }],
  [
    'digresses to a likely intent when the answer does not fit',
    { text: 'where is it', classification: understood('track_order', 0.7), ...asking('order') },
    { type: 'digress', intent: 'track_order' },
  ],
  [
    'asks again when the intent is the one under way',
    { text: 'refund!', classification: understood('request_refund', 0.99), ...asking('order') },
    { type: 'invalid' },
  ],
  [
    'asks again when nothing fits',
    { text: 'purple', classification: unknown, ...asking('order') },
    { type: 'invalid' },
  ],
  [
    'calls a person after the third miss',
    {
      text: 'purple',
      classification: unknown,
      ...asking('order', { pending: { name: 'order', kind: 'slot', question: '', misses: 2 } }),
    },
    { type: 'command', command: 'human' },
  ],
  [
    'does not take a sentence that mentions a choice for the answer to it, where it clearly means something else',
    { text: 'late or not, where is my parcel', classification: understood('track_order', 0.95), ...asking('reason') },
    { type: 'digress', intent: 'track_order' },
  ],
  [
    'takes a sentence that mentions a choice where it means nothing else',
    { text: 'well it came rather late', classification: unknown, ...asking('reason') },
    { type: 'answer', value: 'late', fills: {} },
  ],
  // Free text waits
  [
    'takes free text',
    { text: 'it fell down', classification: understood('track_order', 0.7), ...asking('story') },
    { type: 'answer', value: 'it fell down', fills: {} },
  ],
  [
    'lets a confident intent interrupt free text',
    { text: 'where is my parcel', classification: understood('track_order', 0.95), ...asking('story') },
    { type: 'digress', intent: 'track_order' },
  ],
  ['hears "cancel" in free text', { text: 'cancel', ...asking('story') }, { type: 'command', command: 'cancel' }],
  [
    'takes "hello" for free text',
    { text: 'hello', classification: unknown, ...asking('story') },
    { type: 'answer', value: 'hello', fills: {} },
  ],
  // Voice notes and forms
  ['asks for writing where a voice note has no text', { text: '', attachments: [voice] }, { type: 'unheard' }],
  ['asks what a file is about that nobody has asked for', { text: '', attachments: [photo] }, { type: 'file' }],
  [
    'does not take a file for the answer to a question',
    { text: '', attachments: [photo], classification: unknown, ...asking('order') },
    { type: 'invalid' },
  ],
  [
    'takes a voice note for the file that was asked for',
    { text: '', attachments: [voice], ...asking('note') },
    { type: 'answer', value: voice, fills: {} },
  ],
  [
    'takes every field of a form that fits, and names those that do not',
    { fields: { order: '123456', email: 'nobody', reason: 'late' }, ...form },
    { type: 'submit', values: { order: '123456', reason: 'late', city: null }, unfit: ['email'], closed: [] },
  ],
  [
    'leaves open what a form leaves empty, and keeps what is answered',
    { fields: { order: ' ', email: 'a@b.co' }, ...asking('order', { form: together, answers: { city: 'Rome' } }) },
    { type: 'submit', values: { email: 'a@b.co' }, unfit: [], closed: [] },
  ],
  [
    'keeps closed what a commit has used, also where a form is sent once more',
    {
      fields: { order: '654321', email: 'a@b.co' },
      ...asking('reason', {
        form: together,
        answers: { order: '123456', email: 'a@b.co', city: null },
        closed: ['order', 'email'],
      }),
    },
    { type: 'submit', values: {}, unfit: [], closed: ['order'] },
  ],
  ['notices a form of what is over', { text: 'x: 1', fields: { x: '1' }, ...form }, { type: 'stale' }],
  ['notices a form where nothing is under way', { text: 'x: 1', fields: { x: '1' } }, { type: 'stale' }],
  ['refuses a field that is too long to read', { fields: { order: '1'.repeat(9000) }, ...form }, { type: 'tooLong' }],
  // Corrections
  [
    'corrects an earlier slot by its value',
    { text: 'sorry, the order is 654321', ...asking('reason', { answers: { order: '123456' } }) },
    { type: 'correct', slot: 'order', value: '654321' },
  ],
  [
    'corrects during a confirmation',
    { text: 'no, 654321', ...confirming },
    { type: 'correct', slot: 'order', value: '654321' },
  ],
  [
    'asks for a slot that is to be changed',
    { text: 'change the order number', ...asking('reason', { answers: { order: '123456' } }) },
    { type: 'correct', slot: 'order' },
  ],
  [
    'keeps closed what a commit has used',
    { text: 'sorry, the order is 654321', ...asking('reason', { answers: { order: '123456' }, closed: ['order'] }) },
    { type: 'closed', slot: 'order' },
  ],
  [
    'takes the same value for no correction',
    { text: '123456', classification: unknown, ...confirming },
    { type: 'invalid' },
  ],
  // The engine's own questions
  [
    'gives up its own question for anything else',
    {
      text: 'where is it',
      classification: understood('track_order', 0.9),
      talking: {
        dialog: 'clarify',
        builtin: true,
        slots: {},
        form: [],
        answers: {},
        closed: [],
        pending: {
          name: 'which',
          kind: 'choose',
          question: '',
          misses: 0,
          choices: [{ label: 'Close', value: 'close_account' }],
        },
      },
    },
    { type: 'open', intent: 'track_order' },
  ],
]

describe('decide', () => {
  it.each(rows)('%s', (_claim, situation, decision) => {
    expect(decide({ ...base, ...situation })).toEqual(decision)
  })
})
