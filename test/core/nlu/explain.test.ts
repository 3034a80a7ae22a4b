import { classifier } from '@colloquy/core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { expected, FIXTURE } from './fixture.js'

async function open() {
  const nlu = await classifier(FIXTURE, { workers: 1, watch: false })
  onTestFinished(() => nlu.close())
  return nlu
}

describe('an explanation', () => {
  it('is of the very answer that classify gives', async () => {
    const nlu = await open()
    for (const { text } of expected) {
      const { scope, words, ...answer } = await nlu.explain(text)
      expect(answer).toEqual(await nlu.classify(text))
      if (!scope) continue
      expect((scope.energy.scaled + scope.likeness.scaled) / 2).toBeCloseTo(answer.score, 6)
      expect(answer.score < scope.threshold).toBe(answer.outOfScope)
      expect(nlu.labels).toContain(scope.likeness.intent)
      for (const { word, start } of words) expect(text.trimStart().slice(start)).toMatch(new RegExp(`^${word}`))
    }
  })

  it('weighs a word by what the text means without it', async () => {
    const nlu = await open()
    const { words, confidence, intent } = await nlu.explain('hello, I want a refund')
    expect(words.map(({ word }) => word)).toEqual(['hello', 'I', 'want', 'a', 'refund'])
    const without = (await nlu.classify('hello, I want a ')).ranking.find((one) => one.intent === intent)
    expect(words[4]?.confidence).toBeCloseTo(confidence - (without?.confidence ?? Number.NaN), 6)
    expect(words[4]?.start).toBe(16)
  })

  it('finds words where no spaces stand between them', async () => {
    const { words } = await (await open()).explain('我要退款')
    expect(words.length).toBeGreaterThan(1)
    expect(words.map(({ word }) => word).join('')).toBe('我要退款')
  })

  it.each(['', ' \n', '\u200b'])('of nothing to read (%j) has no scores and no words', async (text) => {
    const explained = await (await open()).explain(text)
    expect(explained).toMatchObject({ outOfScope: true, words: [] })
    expect(explained).not.toHaveProperty('scope')
  })

  it('of a very long text leaves out its first words only', async () => {
    const { words } = await (await open()).explain('refund '.repeat(2000))
    expect(words).toHaveLength(64)
  })
})
