import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createBot, memory } from '@colloquy/core'
import { chat } from '@colloquy/core/testing'
import { describe, expect, it } from 'vitest'
import { Cache } from '../../../packages/core/dist/nlu/cache.js'
import { copyFixture, FIXTURE, load, watchThreads } from './fixture.js'

describe('too many texts', () => {
  it('are refused at once beyond the limit, and those that wait are answered', async () => {
    const nlu = await load(1, FIXTURE, { waiting: 10 })
    const asked = await Promise.allSettled(Array.from({ length: 100 }, () => nlu.classify('hello')))
    const refused = asked.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[]
    // One thread holds two at a time.
    expect(refused).toHaveLength(100 - 10 - 2)
    for (const { reason } of refused) expect(reason).toMatchObject({ code: 'classifier_busy' })
    expect(await nlu.classify('hello')).toMatchObject({ intent: 'greet' })
  })

  it('are refused when they have waited too long, also where no thread ever comes free', async () => {
    const threads = watchThreads()
    const nlu = await load(1, FIXTURE, { patience: 0.05 })
    // The thread sleeps: it never gets what it is sent.
    const [thread] = threads
    const send = thread?.postMessage.bind(thread)
    const held: unknown[] = []
    if (thread) thread.postMessage = (message) => void held.push(message)
    const taken = [nlu.classify('hello'), nlu.classify('hello')]
    await expect(nlu.classify('hello')).rejects.toMatchObject({ code: 'classifier_busy' })
    if (thread && send) thread.postMessage = send
    for (const message of held) send?.(message)
    expect(await Promise.all(taken)).toMatchObject([{ intent: 'greet' }, { intent: 'greet' }])
  })

  it('make a bot say so, and it goes on afterwards', async () => {
    const nlu = await load(1, FIXTURE, { waiting: 0 })
    const held = [nlu.classify('refund'), nlu.classify('refund')]
    const t = chat(createBot({ dialogs: [], classifier: nlu, store: memory(), channels: [] }))
    const [said] = await t.user('what about my order?')
    expect(said).toMatch(/a lot of people/)
    await Promise.all(held)
    expect((await t.user('what about my order?'))[0]).not.toMatch(/a lot of people/)
  })
})

describe('the same words', () => {
  it('are answered from memory, whatever their case and spaces', async () => {
    const nlu = await load(1, FIXTURE, { cache: 10 })
    const first = await nlu.classify('Where is my  order?')
    expect(await nlu.classify(' where is my order?\n')).toBe(first)
    expect(await nlu.classify('where is my order')).not.toBe(first)
  })

  it('are asked once while the answer is under way, and again after a failure', async () => {
    let asked = 0
    const cache = new Cache<string>(2)
    const failing = () => cache.get('a', () => Promise.reject(new Error(`no ${++asked}`)))
    await expect(Promise.all([failing(), failing()])).rejects.toThrow('no 1')
    await expect(failing()).rejects.toThrow('no 2')
    const ask = (what: string) => cache.get(what, async () => `${what}${++asked}`)
    expect(await Promise.all([ask('a'), ask('a'), ask('b')])).toEqual(['a3', 'a3', 'b4'])
    // The one that was used longest ago makes room.
    await ask('a')
    expect([await ask('c'), await ask('a'), await ask('b')]).toEqual(['c5', 'a3', 'b6'])
  })
})

describe('what a model runs on', () => {
  it.each([[['cuda', 'cpu']], [['abacus']]])(
    '%j, where it cannot be had, is an error that does not blame the model',
    async (providers) => {
      const error = await load(1, FIXTURE, { providers }).catch((error) => error)
      // A machine with a GPU and its libraries has nothing to complain about.
      if (!(error instanceof Error)) return expect(providers).toContain('cuda')
      expect(error).toMatchObject({ code: 'classifier_failed' })
      expect(error.message).toMatch(
        new RegExp(`^The model cannot run on ${providers.join(', ')} here: .+Leave .providers. out`),
      )
    },
  )

  it('is never blamed for a graph that is damaged', async () => {
    const folder = copyFixture()
    writeFileSync(join(folder, 'model.onnx'), 'half')
    await expect(load(1, folder, { providers: ['cuda', 'cpu'] })).rejects.toMatchObject({ code: 'bad_model' })
  })
})
