import type { LogEvent } from '@colloquy/core'
import { compare, compareLive, type Prediction } from '@colloquy/trainer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { differenceInterval, mcnemar, shareInterval } from '../../../packages/trainer/dist/judge/intervals.js'

function said(intent: string, predicted: string, n: number): Prediction {
  const outOfScope = predicted === 'oos'
  return {
    text: `${intent} ${n}`,
    intent,
    predicted: outOfScope ? 'a' : predicted,
    confidence: 0.9,
    ranking: [],
    outOfScope,
    score: 1,
  }
}

/** `ab` for an utterance of intent a that is taken for b; `ao` where it is turned away, `oo` where that is right. */
const all = (pairs: string) => {
  const name = (letter: string | undefined) => (letter === 'o' ? 'oos' : (letter ?? ''))
  return pairs.split(' ').map((pair, n) => said(name(pair[0]), name(pair[1]), n))
}

describe('the comparison of two models', () => {
  it('names what is newly right and newly wrong, and counts being turned away as a decision', () => {
    const { before, after, newlyRight, newlyWrong, intents } = compare(
      all('aa ab bb ao oo oa'),
      all('aa aa ba ao oa oo'),
    )
    expect([before, after]).toEqual([3 / 6, 3 / 6])
    expect(newlyRight).toEqual([
      { text: 'a 1', intent: 'a', before: 'b', after: 'a' },
      { text: 'oos 5', intent: 'oos', before: 'a', after: 'oos' },
    ])
    expect(newlyWrong.map(({ text }) => text)).toEqual(['b 2', 'oos 4'])
    expect(intents).toMatchObject([
      { intent: 'b', count: 1, before: 1, after: 0 },
      { intent: 'a', count: 3, before: 1 / 3, after: 2 / 3 },
    ])
  })

  it('objects where the second is worse beyond chance, beyond the tolerance, or in a critical intent', () => {
    const right = 'aa '.repeat(40).trim()
    const worse = `${'ab '.repeat(10)}${'aa '.repeat(30)}`.trim()
    expect(compare(all(right), all(right)).objections).toEqual([])
    expect(compare(all(right), all(worse)).objections).toEqual([expect.stringContaining('no chance (p = 0.0020)')])
    expect(compare(all('aa aa'), all('aa ab')).objections).toEqual([expect.stringContaining('0.5 may be lost')])
    expect(compare(all('aa aa'), all('aa ab'), { tolerance: 0.5 }).objections).toEqual([])
    const gate = { tolerance: 1, critical: ['a', 'b'] }
    expect(compare(all('aa bb'), all('ab bb'), gate).objections).toEqual([expect.stringContaining('critical intent a')])
  })

  it('is the same with the sides changed', () => {
    const pairs = fc.array(fc.constantFrom('aa', 'ab', 'bb', 'ba', 'oo', 'oa', 'ao'), { minLength: 1, maxLength: 50 })
    fc.assert(
      fc.property(pairs, fc.infiniteStream(fc.constantFrom('a', 'b', 'o')), (some, stream) => {
        const one = all(some.join(' '))
        const other = all(some.map((pair) => `${pair[0]}${stream.next().value}`).join(' '))
        const [there, back] = [compare(one, other), compare(other, one)]
        expect([there.before, there.after]).toEqual([back.after, back.before])
        expect(there.p).toBe(back.p)
        expect(there.newlyRight.map(({ text }) => text)).toEqual(back.newlyWrong.map(({ text }) => text))
        expect(there.interval[0]).toBeCloseTo(-back.interval[1])
      }),
    )
  })
})

describe('the statistics', () => {
  it('are those of the textbooks', () => {
    // R: binom.test(2, 12)$p.value, prop.test(15, 148, correct = FALSE)$conf.int; Newcombe 1998, table II, (a): 56/70, 48/80.
    expect(mcnemar(2, 10)).toBeCloseTo(0.03857, 5)
    expect(mcnemar(0, 0)).toBe(1)
    expect(mcnemar(500, 600)).toBeCloseTo(0.00283, 4)
    expect(shareInterval(15, 148).map((one) => one.toFixed(4))).toEqual(['0.0624', '0.1605'])
    const newcombe = differenceInterval({ hits: 48, count: 80 }, { hits: 56, count: 70 })
    expect(newcombe.map((one) => one.toFixed(4))).toEqual(['0.0524', '0.3339'])
  })
})

describe('the comparison of versions that have served', () => {
  const at = { person: 'p', channel: 'web', at: 0 }
  let ids = 0
  function event<E extends Record<string, unknown>>(conversation: string, what: E): LogEvent {
    return { id: `e${++ids}`, conversation, ...at, ...what } as unknown as LogEvent
  }
  const turn = (conversation: string, model: string | undefined, decision: string, more = {}) =>
    event(conversation, {
      ...{ type: 'customer', message: 'm', text: 't', decision },
      ...(model && {
        understanding: { intent: 'a', confidence: 1, outOfScope: false, ranking: [], model, ...more },
      }),
    })

  it('gives each version its rates, by who read the last turn', async () => {
    async function* log() {
      yield event('1', { type: 'dialog', event: 'started', dialog: 'd', intent: 'a' })
      yield turn('1', 'old', 'open')
      yield event('1', { type: 'dialog', event: 'started', dialog: 'd', intent: 'a' })
      yield turn('1', undefined, 'answer')
      yield event('1', { type: 'dialog', event: 'finished', dialog: 'd' })
      yield event('1', { type: 'feedback', value: 1 })
      yield turn('2', 'new', 'fallback')
      yield turn('2', 'new', 'open', { shadow: { intent: 'b' } })
      yield event('2', { type: 'handoff', event: 'asked', reason: 'r' })
      yield turn('1', undefined, 'correct')
    }
    const { outcomes, differences } = await compareLive(log())
    expect(outcomes.map(({ model, conversations, turns }) => [model, conversations, turns])).toEqual([
      ['old', 1, 3],
      ['new', 1, 2],
    ])
    expect(outcomes[0]).toMatchObject({
      fallback: { hits: 0, count: 1 },
      completion: { hits: 1, count: 1 },
      thumbs: { hits: 1, count: 1 },
      correction: { hits: 1, count: 3 },
      handoff: { hits: 0, count: 1 },
    })
    expect(outcomes[1]).toMatchObject({
      fallback: { hits: 1, count: 2 },
      handoff: { hits: 1 },
      shadow: { hits: 1, count: 2 },
    })
    expect(differences).toMatchObject([{ model: 'new', rates: { handoff: { difference: 1 } } }])
    expect((await compareLive(log(), 'new')).outcomes[0]?.model).toBe('new')
  })
})
