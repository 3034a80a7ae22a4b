import type { Worker } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'
import { readModel } from '../../../packages/core/dist/nlu/card.js'
import { Pool } from '../../../packages/core/dist/nlu/pool.js'
import { expected, FIXTURE, load, watchThreads } from './fixture.js'

const texts = ['where is my order?', 'refund my order please', 'change my address', 'hello', 'let me talk to a human']
const intents = ['track_order', 'request_refund', 'change_address', 'greet', 'talk_to_agent']

/** The thread will die of the next text that it is given: of an error that nothing in it catches. */
function poison(thread: Worker | undefined): void {
  const send = thread?.postMessage.bind(thread)
  if (thread) thread.postMessage = () => send?.(null)
}

describe('the threads', () => {
  it('give the embedding that onnxruntime gives in Python', async () => {
    const pool = await Pool.open(await readModel(FIXTURE), { threads: 1 })
    for (const { text, embedding } of expected) {
      const given = await pool.run(text)
      expect(given).toHaveLength(embedding.length)
      for (const [i, value] of embedding.entries()) expect(Math.abs(value - (given[i] as number))).toBeLessThan(1e-5)
    }
    await pool.close()
  })

  it('answer 1,000 texts at once, each with its own answer', async () => {
    const nlu = await load(2)
    const answers = await Promise.all(Array.from({ length: 1000 }, (_, i) => nlu.classify(texts[i % 5] as string)))
    expect(answers.map((answer) => answer.intent)).toEqual(answers.map((_, i) => intents[i % 5]))
  })

  it('share the work', async () => {
    const threads = watchThreads()
    const nlu = await load(3)
    const given = threads.map(() => 0)
    threads.forEach((thread, i) => {
      thread.on('message', () => {
        given[i] = (given[i] as number) + 1
      })
    })
    await Promise.all(Array.from({ length: 300 }, () => nlu.classify('hello')))
    expect(given.reduce((a, b) => a + b)).toBe(300)
    expect(Math.min(...given)).toBeGreaterThan(0)
  })
})

describe('a thread that is killed', () => {
  it('takes no text with it, and is replaced', async () => {
    const threads = watchThreads()
    const nlu = await load(2)
    poison(threads[0])
    const answers = Array.from({ length: 100 }, (_, i) => nlu.classify(texts[i % 5] as string))
    expect((await Promise.all(answers)).map((answer) => answer.intent)).toEqual(answers.map((_, i) => intents[i % 5]))
    await expect.poll(() => threads.length).toBe(3)
  })

  it('time and again while texts come in loses none of them', async () => {
    const threads = watchThreads()
    const nlu = await load(2)
    for (let i = 0; i < 5; i++) {
      const replaced = new Promise((ready) => process.once('worker', (thread) => thread.once('message', ready)))
      poison(threads.at(-1))
      const answers = Array.from({ length: 20 }, () => nlu.classify('hello'))
      expect((await Promise.all(answers)).every((answer) => answer.intent === 'greet')).toBe(true)
      await replaced
    }
  })

  it('by the same text twice is not tried a third time', async () => {
    let deaths = 0
    const threads = watchThreads((thread) => thread.on('exit', () => deaths++))
    const nlu = await load(1)
    await nlu.classify('hello')
    poison(threads[0])
    process.once('worker', poison)
    await expect(nlu.classify('hello')).rejects.toMatchObject({ code: 'classifier_failed' })
    expect(deaths).toBe(2)
    expect(await nlu.classify('hello')).toMatchObject({ intent: 'greet' })
  })

  it('and cannot be replaced has its texts refused; the next text tries to start one again', async () => {
    const threads = watchThreads((thread, index) => index > 0 && index < 5 && thread.terminate())
    const nlu = await load(1)
    poison(threads[0])
    const asked = [nlu.classify('hello'), nlu.classify('refund')]
    for (const answer of asked) await expect(answer).rejects.toMatchObject({ code: 'classifier_failed' })
    expect(threads).toHaveLength(4)
    await expect(nlu.classify('hello')).rejects.toMatchObject({ code: 'classifier_failed' })
    expect(threads).toHaveLength(5)
    expect(await nlu.classify('hello')).toMatchObject({ intent: 'greet' })
  })

  it('at rest does not hold back close', async () => {
    const threads = watchThreads()
    const nlu = await load(2)
    await threads[1]?.terminate()
    await nlu.close()
    expect(threads.map((thread) => thread.threadId)).toEqual(threads.map(() => -1))
  })
})
