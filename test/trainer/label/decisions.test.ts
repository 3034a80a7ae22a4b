import { appendFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Decision, DecisionFile, lastOf, standing } from '../../../packages/trainer/dist/label/decisions.js'
import { folder } from '../command.js'

const turn = fc.record({
  conversation: fc.constantFrom('a', 'b'),
  turn: fc.nat(2),
  at: fc.nat(),
  by: fc.constantFrom('x', 'y'),
})
const told = fc.oneof(
  fc.record({
    decision: fc.constantFrom('accept' as const, 'relabel' as const, 'new' as const),
    intent: fc.constantFrom('refund', 'track'),
  }),
  fc.record({ decision: fc.constantFrom('oos' as const, 'skip' as const) }),
)
const made = fc.tuple(turn, told).map(([turn, told]): Decision => ({ ...turn, ...told }))
const any = fc.oneof(
  { weight: 3, arbitrary: made },
  turn.map((turn): Decision => ({ ...turn, decision: 'undo' })),
)

describe('decisions', () => {
  it('are as before when one is undone, whatever came before', () => {
    fc.assert(
      fc.property(fc.array(any), made, (events, one) => {
        const { conversation, turn, at, by } = one
        const undo: Decision = { conversation, turn, at, by, decision: 'undo' }
        expect(standing([...events, one, undo])).toEqual(standing(events))
      }),
    )
  })

  it('hold for each turn as the last one that was not undone', () => {
    fc.assert(
      fc.property(fc.array(any), (events) => {
        const model = new Map<string, Decision[]>()
        for (const event of events) {
          const key = JSON.stringify([event.conversation, event.turn])
          const stack = model.get(key) ?? []
          model.set(key, event.decision === 'undo' ? stack.slice(0, -1) : [...stack, event])
        }
        for (const [key, stack] of model) expect(standing(events).get(key)).toBe(stack.at(-1))
      }),
    )
  })

  it('can all be taken back, one undo after the other, by those who made them', () => {
    fc.assert(
      fc.property(fc.array(made, { maxLength: 12 }), (events) => {
        const all = [...events]
        for (const by of ['x', 'y', 'x', 'y', 'x', 'y'].flatMap((by) => events.map(() => by))) {
          const last = lastOf(all, by)
          if (last) all.push({ at: 0, by, conversation: last.conversation, turn: last.turn, decision: 'undo' })
        }
        expect(standing(all).size).toBe(0)
      }),
    )
  })

  it('survive the file, where each is one more line', async () => {
    const file = join(folder(), 'labels.jsonl')
    const { events } = await DecisionFile.open(file)
    expect(events).toEqual([])
    const one = await DecisionFile.open(file)
    const first: Decision = { at: 1, by: 'x', conversation: 'a', turn: 0, decision: 'accept', intent: 'refund' }
    const second: Decision = { at: 2, by: 'x', conversation: 'a', turn: 0, decision: 'undo' }
    await one.append(first)
    const before = readFileSync(file, 'utf8')
    await one.append(second)
    expect(readFileSync(file, 'utf8').startsWith(before)).toBe(true)
    expect((await DecisionFile.open(file)).events).toEqual([first, second])
  })

  it('lose nothing but the half line that a crash left', async () => {
    const file = join(folder(), 'labels.jsonl')
    const one = await DecisionFile.open(file)
    const first: Decision = { at: 1, by: 'x', conversation: 'a', turn: 0, decision: 'oos' }
    await one.append(first)
    appendFileSync(file, '{"at":2,"by":"x","conv')
    const again = await DecisionFile.open(file)
    expect(again.events).toEqual([first])
    await again.append({ ...first, turn: 1 })
    expect((await DecisionFile.open(file)).events).toEqual([first, { ...first, turn: 1 }])
  })

  it('name the line that is none', async () => {
    const file = join(folder(), 'labels.jsonl')
    appendFileSync(file, '{"at":1,"by":"x","conversation":"a","turn":0,"decision":"accept"}\n')
    await expect(DecisionFile.open(file)).rejects.toThrow(`${file}:1: the line is no decision`)
  })
})
