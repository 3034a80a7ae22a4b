import { type ClassifierOptions, classifier, createBot, memory } from '@colloquy/core'
import { type ServeOptions, serveClassifier } from '@colloquy/core/serve'
import { chat } from '@colloquy/core/testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { Breaker } from '../../../packages/core/dist/nlu/breaker.js'
import { FIXTURE, watchThreads } from './fixture.js'

async function serve(options: ServeOptions = {}, model: ClassifierOptions = {}) {
  const nlu = await classifier(FIXTURE, { workers: 1, watch: false, ...model })
  const server = await serveClassifier(nlu, { port: 0, ...options })
  onTestFinished(async () => {
    await server.stop()
    await nlu.close()
  })
  return { nlu, server }
}

async function remote(url: string, options: ClassifierOptions = {}) {
  const nlu = await classifier(url, options)
  onTestFinished(() => nlu.close())
  return nlu
}

const post = (url: string, body: string, headers = {}) => fetch(url, { method: 'POST', body, headers })

describe('a classifier in another process', () => {
  it('says what it says here, text for text', async () => {
    const { nlu, server } = await serve()
    const far = await remote(server.url)
    expect(far.labels).toEqual(nlu.labels)
    for (const text of ['hello', 'Where is my order?', '', '你好 👋', 'x'.repeat(100_000)]) {
      expect(await far.classify(text)).toEqual(await nlu.classify(text))
      expect(await far.embed(text)).toEqual(await nlu.embed(text))
      expect(await far.explain(text)).toEqual(await nlu.explain(text))
    }
  })

  it('wants its token, and tells nobody why', async () => {
    const { server } = await serve({ token: 'secret' })
    await expect(classifier(server.url)).rejects.toMatchObject({ code: 'classifier_failed' })
    await expect(classifier(server.url, { token: 'secre' })).rejects.toThrow('token is missing or wrong')
    expect(await (await remote(server.url, { token: 'secret' })).classify('hello')).toMatchObject({ intent: 'greet' })
  })

  it('refuses what is not of the shape that its document shows', async () => {
    const { server } = await serve()
    const document = await (await fetch(`${server.url}/openapi.json`)).json()
    expect(Object.keys(document.paths)).toContain('/v1/classify')
    for (const body of ['', '{', '[]', '{"texts":[]}', '{"texts":[1]}', `{"texts":[${'"a",'.repeat(64)}"a"]}`]) {
      const response = await post(`${server.url}/v1/classify`, body)
      expect(response.status).toBe(400)
      expect(await response.json()).toMatchObject({ code: 'bad_request' })
    }
    expect((await post(`${server.url}/v1/classify`, `{"texts":["${'a'.repeat(300_000)}"]}`)).status).toBe(413)
    expect((await fetch(`${server.url}/v2`)).status).toBe(404)
    expect(await (await fetch(`${server.url}/health`)).json()).toEqual({ status: 'ok' })
    const metrics = await (await fetch(`${server.url}/metrics`)).text()
    expect(metrics).toContain('colloquy_classifier_requests_total{path="/v1/classify",status="400"} 6')
  })

  it('says when it is too busy, and a bot says so to its customer', async () => {
    // No thread may take a text but the two that a worker holds, which never end while they are held here.
    const threads = watchThreads()
    const { nlu, server } = await serve({}, { waiting: 0, cache: 0 })
    const far = await remote(server.url)
    const [thread] = threads
    const send = thread?.postMessage.bind(thread)
    const kept: unknown[] = []
    if (thread) thread.postMessage = (message) => void kept.push(message)
    const held = [nlu.classify('refund'), nlu.classify('refund')]
    const t = chat(createBot({ dialogs: [], classifier: far, store: memory(), channels: [] }))
    expect((await t.user('and my order?'))[0]).toMatch(/a lot of people/)
    if (thread && send) thread.postMessage = send
    for (const message of kept) send?.(message)
    await Promise.all(held)
    expect((await t.user('and my order?'))[0]).not.toMatch(/a lot of people/)
  })

  it('that dies is tried again, then left alone for a while, with an error that says so', async () => {
    const { server } = await serve()
    const far = await remote(server.url)
    await server.stop()
    for (let n = 0; n < 5; n++) await expect(far.classify('hello')).rejects.toMatchObject({ code: 'classifier_failed' })
    await expect(far.classify('hello')).rejects.toMatchObject({ code: 'classifier_busy' })
  })

  it('lets one call through after the rest, and all again once one has succeeded', () => {
    let now = 0
    const breaker = new Breaker(1000, () => now)
    for (let n = 0; n < 5; n++) {
      expect(breaker.admit()).toBe(true)
      breaker.failed()
    }
    expect(breaker.admit()).toBe(false)
    now = 1000
    expect([breaker.admit(), breaker.admit()]).toEqual([true, false])
    breaker.failed()
    expect(breaker.admit()).toBe(false)
    now = 2000
    expect(breaker.admit()).toBe(true)
    breaker.succeeded()
    expect([breaker.admit(), breaker.admit()]).toEqual([true, true])
  })
})
