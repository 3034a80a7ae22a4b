import { describe, expect, it } from 'vitest'
import { combine } from '../../../packages/trainer/dist/label/combine.js'
import type { Decision } from '../../../packages/trainer/dist/label/decisions.js'
import { examplesOf } from '../../../packages/trainer/dist/label/examples.js'
import { itemsOf } from '../../../packages/trainer/dist/label/items.js'
import { reportOf } from '../../../packages/trainer/dist/label/report.js'
import { labelFunctions } from '../../../packages/trainer/dist/label/weak.js'
import { talk } from './conversations.js'

const functions = labelFunctions({ 'refund_*': 'refund', tracking: 'track', goodbye: null, refund_policy: 'policy' })
const votes = (conversation: ReturnType<typeof talk>) =>
  itemsOf([conversation], functions).items.map(({ text, votes }) => [text, Object.fromEntries(votes)])

describe('weak labels', () => {
  it('come from the action that follows, by its name before its beginning', () => {
    expect(
      votes(
        talk(
          'c',
          ['customer', 'Money back!'],
          ['agent', 'Which order?', { action: 'ask' }],
          ['agent', 'Sent.', { action: 'refund_sent' }],
        ),
      ),
    ).toEqual([['Money back!', { 'first action': 'refund' }]])
    expect(
      votes(talk('c', ['customer', 'May I return it?'], ['agent', 'Yes', { action: 'refund_policy' }]))[0]?.[1],
    ).toMatchObject({ 'first action': 'policy' })
  })

  it('of a request end where the next one begins', () => {
    const two = talk(
      'c',
      ['customer', 'I want my money back'],
      ['agent', 'Done.', { action: 'refund_sent' }],
      ['customer', 'And where is my parcel?'],
      ['agent', 'In York.', { action: 'tracking' }],
    )
    expect(votes(two)).toEqual([
      ['I want my money back', { 'first action': 'refund' }],
      ['And where is my parcel?', { 'first action': 'track' }],
    ])
  })

  it('come from the same thing said again within two turns', () => {
    const again = talk(
      'c',
      ['customer', 'my parcel has not come'],
      ['agent', 'Sorry, I did not understand.'],
      ['customer', 'where is the parcel that has not come?'],
      ['agent', 'In York.', { action: 'tracking' }],
    )
    expect(votes(again)[0]).toEqual(['my parcel has not come', { rephrased: 'track' }])
  })

  it('come from dialogs that ended, thumbs and tags, and not from what a thumb down refutes', () => {
    const ended = { decision: 'open', predicted: 'refund', outcome: { intent: 'refund', ended: 'finished' } }
    const good = talk('c', ['customer', 'money', { ...ended, liked: true }], ['agent', 'Done.'])
    expect(votes({ ...good, intent: 'refund' })).toEqual([
      ['money', { 'dialog ended': 'refund', 'thumb up': 'refund', tag: 'refund' }],
    ])
    expect(votes(talk('c', ['customer', 'money', { ...ended, review: 'thumbs_down' }]))).toEqual([['money', {}]])
  })

  it('are weighed by how often each function agrees with the others', () => {
    const good = Array.from({ length: 40 }, (_, i) => (i % 2 ? 'x' : 'y'))
    const all = good.map(
      (intent, i) =>
        new Map([
          ['a', intent],
          ['b', intent],
          ['noise', i % 3 ? 'z' : intent],
        ]),
    )
    const { labels, accuracy } = combine([
      ...all,
      new Map([
        ['a', 'x'],
        ['noise', 'z'],
      ]),
    ])
    expect(accuracy.get('a')).toBeGreaterThan(0.9)
    expect(accuracy.get('noise')).toBeLessThan(0.5)
    expect(labels.at(-1)?.intent).toBe('x')
  })
})

describe('labelled turns', () => {
  const said = (id: string, text: string, action?: string) =>
    talk(id, ['customer', text], ['agent', 'Done.', action === undefined ? {} : { action }])
  const all = [
    said('1', 'Money back!', 'refund_sent'),
    said('2', 'money back', 'refund_sent'),
    said('3', 'Where is it?'),
  ]
  const labelling = itemsOf(all, functions)
  const by = (conversation: string, told: Partial<Decision>): Decision =>
    ({ at: 0, by: 'anna', conversation, turn: 0, ...told }) as Decision

  it('are one text however often it was said, and one decision for all of it', () => {
    expect(labelling.items.map(({ text, requests }) => [text, requests.length])).toEqual([
      ['Money back!', 2],
      ['Where is it?', 1],
    ])
    expect(examplesOf(labelling.items, [by('2', { decision: 'relabel', intent: 'return' })])).toEqual([
      { id: '1', turns: [{ role: 'customer', text: 'Money back!', intent: 'return', by: 'anna' }] },
      { id: '2', turns: [{ role: 'customer', text: 'money back', intent: 'return', by: 'anna' }] },
    ])
  })

  it('leave out what was put off and keep what is out of scope', () => {
    const events = [by('1', { decision: 'skip' }), by('3', { decision: 'oos' })]
    expect(examplesOf(labelling.items, events)).toEqual([
      { id: '3', turns: [{ role: 'customer', text: 'Where is it?', intent: 'oos', by: 'anna' }] },
    ])
  })

  it('are counted, with what a person is needed for', () => {
    expect(reportOf(labelling, [by('3', { decision: 'oos' })])).toMatchObject({
      turns: 3,
      requests: 3,
      texts: 2,
      weak: { covered: 1, sure: 1, conflicting: 0 },
      decided: 1,
      labelled: 2,
      needPerson: 1,
    })
  })
})
