import { spawnSync } from 'node:child_process'
import { type Classifier, classifier } from '@colloquy/core'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FIXTURE } from './fixture.js'

let nlu: Classifier
beforeAll(async () => {
  nlu = await classifier(FIXTURE, { cache: 0 })
})
afterAll(() => nlu.close())

/** The same letter a hundred times is the slowest of words: every piece of it is looked for from its end. */
const slow = `${'e'.repeat(100)} `.repeat(5)

describe('a classifier', () => {
  it('tells the intent, how sure it is, and what else it could be', async () => {
    const answer = await nlu.classify('where is my order?')
    expect(answer).toMatchObject({ intent: 'track_order', outOfScope: false })
    expect(answer.confidence).toBeGreaterThan(0.7)
    expect(answer.ranking.map((entry) => entry.intent).sort()).toEqual([...nlu.labels].sort())
    expect(answer.ranking[0]).toEqual({ intent: answer.intent, confidence: answer.confidence })
  })

  it('knows what none of its intents covers', async () => {
    expect(await nlu.classify('我的订单在哪里')).toMatchObject({ outOfScope: true })
  })

  it('answers any text with probabilities', async () => {
    const units = fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 200 })
    const anything = fc.oneof(
      fc.string({ unit: 'binary' }),
      units.map((codes) => String.fromCharCode(...codes)),
    )
    await fc.assert(
      fc.asyncProperty(anything, async (text) => {
        const { confidence, ranking, score } = await nlu.classify(text)
        expect(ranking.reduce((sum, entry) => sum + entry.confidence, 0)).toBeCloseTo(1, 9)
        expect(confidence).toBe(Math.max(...ranking.map((entry) => entry.confidence)))
        expect(Number.isFinite(score)).toBe(true)
      }),
    )
  })

  it.each(['', ' \n\t ', '\u0000\u0001\u007f', '\u200b\u200d', '\ud800', ' '.repeat(2 ** 20)])(
    'has nothing to say to a text without anything to read (%j)',
    async (text) => {
      const { outOfScope, ranking } = await nlu.classify(text)
      expect(outOfScope).toBe(true)
      expect(ranking.map((entry) => entry.confidence)).toEqual([0.2, 0.2, 0.2, 0.2, 0.2])
    },
  )

  it.each(['where is my order? ', slow, '\u0001', '😀', '!', 'é', '[SEP]', '我的订单在哪里'])(
    'reads the beginning of a megabyte of %j',
    async (unit) => {
      const text = `hello ${unit.repeat(Math.ceil(2 ** 20 / unit.length))}`
      expect(await nlu.classify(text)).toEqual(await nlu.classify(text.slice(0, 32 * 16)))
    },
  )

  it('reads a text that follows a megabyte of white space', async () => {
    expect(await nlu.classify(`${' \n'.repeat(2 ** 19)}hello`)).toEqual(await nlu.classify('hello'))
  })

  it('refuses what is not a string', async () => {
    const classify = nlu.classify as (text: unknown) => Promise<unknown>
    await expect(classify(undefined)).rejects.toMatchObject({ code: 'bad_message' })
  })

  it.each([0, -1, 1.5, Number.NaN])('cannot have %d workers', async (workers) => {
    await expect(classifier(FIXTURE, { workers })).rejects.toMatchObject({ code: 'classifier_failed' })
  })

  it('leaves the event loop free while it works', async () => {
    let ticks = 0
    let working = true
    const tick = () => {
      ticks++
      if (working) setImmediate(tick)
    }
    setImmediate(tick)
    await Promise.all(Array.from({ length: 40 }, () => nlu.classify(slow)))
    working = false
    // 15,000 ticks a text were counted; 160 with the tokenizer on this thread, where it holds the loop.
    expect(ticks).toBeGreaterThan(40 * 500)
  })
})

describe('closing', () => {
  it('answers what was asked before, and refuses what comes after', async () => {
    const short = await classifier(FIXTURE, { workers: 1 })
    const before = Array.from({ length: 20 }, () => short.classify('hello'))
    const closed = short.close()
    const after = short.classify('hello')
    await expect(after).rejects.toMatchObject({ code: 'classifier_failed', message: expect.stringMatching(/closed/) })
    await closed
    expect((await Promise.all(before)).map((answer) => answer.intent)).toEqual(before.map(() => 'greet'))
  })

  it('twice is the same as once', async () => {
    const short = await classifier(FIXTURE, { workers: 1 })
    const answer = short.classify('hello')
    await Promise.all([short.close(), short.close()])
    await short.close()
    expect(await answer).toMatchObject({ intent: 'greet' })
  })

  it.each([
    ['is not needed for a program to end', 0, ''],
    ['lets a program end', 0, 'await nlu.close()'],
    ['is not needed to exit in the middle of an utterance', 3, "nlu.classify('hello'); process.exit(3)"],
  ])('%s, and the log stays clean', (_, code, end) => {
    const program = `
      import { classifier } from '@colloquy/core'
      const nlu = await classifier(${JSON.stringify(FIXTURE)})
      console.log((await nlu.classify('hello')).intent)
      ${end}`
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH },
    })
    expect({ status, stdout, stderr }).toEqual({ status: code, stdout: 'greet\n', stderr: '' })
  })
})
