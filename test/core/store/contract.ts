import type { Commit, IncomingMessage, LogEvent, Store } from '@colloquy/core'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

type Document = Commit['document']

export function documentOf(id: string, more: Partial<Document> = {}): Document {
  return {
    format: 1,
    id,
    channel: 'test',
    person: 'anna',
    address: { room: 1 },
    locale: 'en',
    seen: [],
    frames: [],
    nextFrame: 1,
    checkpoints: {},
    outbox: [],
    scheduled: [],
    last: [],
    misses: 0,
    ...more,
  }
}
export const messageOf = (id: string, conversation = 'c'): IncomingMessage => ({
  id,
  channel: 'test',
  conversation,
  person: 'anna',
  text: `message ${id}`,
  address: null,
})
export const eventOf = (id: string, at: number, conversation = 'c'): LogEvent => ({
  id,
  conversation,
  person: 'anna',
  channel: 'test',
  at,
  type: 'customer',
  message: id,
  text: `message ${id}`,
  decision: 'open',
})
const outbox = [{ id: 'c.1.1', parts: [{ type: 'text' as const, text: 'Hello' }] }]

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}

/** A store and what the suite needs to know of it. */
export interface Subject {
  name: string
  /** A store over the same data each time, until `clear` is called. */
  make(): Store
  clear(): void | Promise<void>
  /** All that can be read from the database, for a store that outlives its process. */
  dump?(): string | Promise<string>
}

/** What every store must do. */
export function storeContract({ name, make, clear, dump }: Subject): void {
  describe(`${name} as a store`, () => {
    let store: Store
    beforeEach(async () => {
      await clear()
      store = make()
      await store.open()
    })
    afterEach(() => store.close())

    it('loads nothing where nothing was saved', async () => {
      expect(await store.load('c')).toBeUndefined()
      expect(await all(store.events())).toEqual([])
    })

    it('gives back any document as it was saved', async () => {
      await fc.assert(
        fc.asyncProperty(fc.uuid(), fc.jsonValue(), fc.string({ unit: 'grapheme' }), async (id, address, locale) => {
          const document = JSON.parse(
            JSON.stringify(documentOf(id, { address: address as Document['address'], locale })),
          )
          expect(await store.save({ document, expected: 0, events: [] })).toBe(true)
          expect(await store.load(id)).toEqual({ document, version: 1, settled: true })
        }),
        { numRuns: 50 },
      )
    })

    it('saves only over the expected version', async () => {
      expect(await store.save({ document: documentOf('c'), expected: 1, events: [] })).toBe(false)
      expect(await store.save({ document: documentOf('c'), expected: 0, events: [] })).toBe(true)
      expect(await store.save({ document: documentOf('c'), expected: 0, events: [] })).toBe(false)
      expect(await store.save({ document: documentOf('c', { misses: 1 }), expected: 1, events: [] })).toBe(true)
      expect(await store.load('c')).toMatchObject({ version: 2, document: { misses: 1 } })
    })

    it('writes events and takes the handled message only together with the state', async () => {
      await store.append(messageOf('m1'), 0)
      const lost = { document: documentOf('c'), expected: 7, events: [eventOf('e1', 1)], handled: 'm1' }
      expect(await store.save(lost)).toBe(false)
      expect(await all(store.events())).toEqual([])
      expect(await store.waiting('c', 10)).toHaveLength(1)
      expect(await store.save({ ...lost, expected: 0 })).toBe(true)
      expect(await all(store.events())).toEqual(lost.events)
      expect(await store.waiting('c', 10)).toEqual([])
    })

    it('lets one of many rivals win', async () => {
      const rivals = Array.from({ length: 8 }, (_, misses) =>
        store.save({ document: documentOf('c', { misses }), expected: 0, events: [eventOf(`e${misses}`, misses)] }),
      )
      const won = await Promise.all(rivals)
      expect(won.filter(Boolean)).toHaveLength(1)
      expect(await all(store.events())).toMatchObject([{ id: `e${won.indexOf(true)}` }])
    })

    it('keeps waiting messages in order, each once', async () => {
      for (const id of ['m2', 'm1', 'm2', 'm3']) await store.append(messageOf(id), 0)
      await store.append(messageOf('m1', 'in hand'), 500)
      expect(await store.due(499, 10)).not.toContain('in hand')
      expect(await store.due(500, 10)).toContain('in hand')
      await store.append(messageOf('m1', 'other'), 0)
      expect((await store.waiting('c', 10)).map((one) => one.id)).toEqual(['m2', 'm1', 'm3'])
      expect((await store.waiting('c', 2)).map((one) => one.id)).toEqual(['m2', 'm1'])
      expect((await store.due(0, 10)).sort()).toEqual(['c', 'other'])
    })

    it('names what is due, longest overdue first, until it is settled', async () => {
      await store.save({ document: documentOf('late', { outbox }), expected: 0, events: [], due: 20 })
      await store.save({ document: documentOf('later', { outbox }), expected: 0, events: [], due: 10 })
      await store.save({ document: documentOf('future', { outbox }), expected: 0, events: [], due: 99 })
      expect(await store.due(50, 10)).toEqual(['later', 'late'])
      expect(await store.due(50, 1)).toEqual(['later'])
      await store.append(messageOf('m2', 'waiting'), 25)
      await store.append(messageOf('m1', 'waiting'), 15)
      expect(await store.due(50, 10)).toEqual(['later', 'waiting', 'late'])
      await store.save({ document: documentOf('waiting'), expected: 0, events: [], handled: 'm1' })
      expect(await store.due(50, 10)).toEqual(['later', 'late', 'waiting'])
      await store.save({ document: documentOf('waiting'), expected: 1, events: [], handled: 'm2' })
      await store.settle('later', 7)
      expect((await store.load('later'))?.settled).toBe(false)
      await store.settle('later', 1)
      await store.settle('late', 1, 30)
      expect(await store.load('later')).toMatchObject({ settled: true })
      expect(await store.due(50, 10)).toEqual(['late'])
    })

    it('reads the log of one conversation from its end, and the whole from a time on', async () => {
      const events = Array.from({ length: 1200 }, (_, n) => eventOf(`e${n}`, n, n % 2 ? 'c' : 'd'))
      await store.save({ document: documentOf('c'), expected: 0, events })
      expect((await store.history('c', 3)).map((event) => event.at)).toEqual([1195, 1197, 1199])
      expect((await all(store.events())).map((event) => event.at)).toEqual(events.map((event) => event.at))
      expect(await all(store.events(1190))).toHaveLength(10)
    })

    it('keeps a profile with the turn that changed it', async () => {
      const profile = { person: 'anna', linked: ['slack:u1'], remembered: { city: 'Basel' } }
      expect(await store.save({ document: documentOf('c'), expected: 3, events: [], profile })).toBe(false)
      expect(await store.profile('anna')).toBeUndefined()
      expect(await store.save({ document: documentOf('c'), expected: 0, events: [], profile })).toBe(true)
      expect(await store.profile('anna')).toEqual(profile)
      await store.keep({ person: 'bert', linked: [], sameAs: 'anna', remembered: {} })
      expect(await store.profile('bert')).toMatchObject({ sameAs: 'anna' })
      const changed = { ...profile, remembered: { city: 'Bern' } }
      await store.save({ document: documentOf('c'), expected: 1, events: [], profile: changed })
      expect(await store.profile('anna')).toEqual(changed)
    })

    it('exports all of a person and forgets it, and nothing of others', async () => {
      for (const person of ['anna', 'bert']) {
        const document = documentOf(`c-${person}`, { person })
        const profile = { person, linked: [], remembered: {} }
        const event = { ...eventOf(`e-${person}`, 1, document.id), person }
        await store.save({ document, expected: 0, events: [event], profile })
        await store.append({ ...messageOf('m1', document.id), person }, 0)
      }
      const kept = await store.export(['anna', 'nobody'])
      expect([kept.profiles, kept.conversations, kept.waiting, kept.events].map((one) => one.length)).toEqual([
        1, 1, 1, 1,
      ])
      expect(JSON.stringify(kept)).not.toContain('bert')
      await store.forget(['anna', 'nobody'])
      expect(await store.export(['anna'])).toEqual({ profiles: [], conversations: [], waiting: [], events: [] })
      expect(await store.load('c-anna')).toBeUndefined()
      expect((await store.export(['bert'])).events).toHaveLength(1)
      expect(await store.waiting('c-bert', 10)).toHaveLength(1)
    })

    it('expires old events and idle conversations, and keeps what has something to do', async () => {
      const future = Date.now() + 60_000
      await store.save({ document: documentOf('idle'), expected: 0, events: [eventOf('e1', 10), eventOf('e2', 20)] })
      await store.save({ document: documentOf('busy', { outbox }), expected: 0, events: [], due: 5 })
      await store.save({ document: documentOf('awaited'), expected: 0, events: [] })
      await store.append(messageOf('m1', 'awaited'), 0)
      await store.expire({ events: 15, conversations: 1 })
      expect((await all(store.events())).map((event) => event.id)).toEqual(['e2'])
      expect(await store.load('idle')).toBeDefined()
      await store.expire({ conversations: future })
      expect(await store.load('idle')).toBeUndefined()
      expect(await store.load('busy')).toBeDefined()
      expect(await store.load('awaited')).toBeDefined()
    })

    it('tells apart any ids that are not the same', async () => {
      const long = 'c'.repeat(499)
      const ids = ['c', 'C', 'ç', 'c ', ' c', '#c', `${long}1`, `${long}2`, '😀', '😁', "'c", '\\c']
      for (const id of ids) {
        const document = documentOf(id, { person: id })
        const profile = { person: id, linked: [], remembered: { id } }
        const event = { ...eventOf('e', 1, id), person: id }
        expect(await store.save({ document, expected: 0, events: [event], profile, due: 5 }), id).toBe(true)
        await store.append({ ...messageOf('m', 'inbox'), id }, 0)
        await store.append(messageOf('m', `inbox ${id}`), 0)
      }
      for (const id of ids) {
        expect((await store.load(id))?.document.id).toBe(id)
        expect((await store.profile(id))?.remembered).toEqual({ id })
        expect(await store.history(id, 9)).toMatchObject([{ conversation: id }])
        expect(await store.waiting(`inbox ${id}`, 9)).toMatchObject([{ conversation: `inbox ${id}` }])
      }
      expect((await store.waiting('inbox', 99)).map((one) => one.id)).toEqual(ids)
      expect(new Set(await store.due(5, 99))).toEqual(new Set(['inbox', ...ids, ...ids.map((id) => `inbox ${id}`)]))
      await store.forget(['#c', 'C'])
      expect(await store.load('C')).toBeUndefined()
      expect(await store.load('#c')).toBeUndefined()
      expect(await store.load('c')).toBeDefined()
    })

    it('keeps any text', async () => {
      await fc.assert(
        fc.asyncProperty(fc.uuid(), fc.string({ unit: 'binary' }), async (id, text) => {
          await store.append({ ...messageOf('m', id), text }, 0)
          expect(await store.waiting(id, 1)).toMatchObject([{ text }])
          const event = { ...eventOf('e', 1, id), text }
          await store.save({ document: documentOf(id), expected: 0, events: [event], handled: 'm' })
          expect(await store.history(id, 1)).toEqual([event])
        }),
        { numRuns: 30, examples: [['c', '\u0000 \ud83d 😀 \\ \' " \n']] },
      )
    })

    it('keeps a document of a megabyte', async () => {
      const document = documentOf('c', { address: '😀 '.repeat(200_000) })
      expect(await store.save({ document, expected: 0, events: [] })).toBe(true)
      expect(await store.load('c')).toEqual({ document, version: 1, settled: true })
    })

    it('keeps a thousand waiting messages in order', async () => {
      const ids = Array.from({ length: 1000 }, (_, n) => `m${(n * 7) % 1000}`)
      for (const id of ids) await store.append(messageOf(id), 0)
      expect((await store.waiting('c', 2000)).map((one) => one.id)).toEqual(ids)
      await store.save({ document: documentOf('c'), expected: 0, events: [], handled: ids[0] ?? '' })
      expect((await store.waiting('c', 2)).map((one) => one.id)).toEqual(ids.slice(1, 3))
      await store.append(messageOf('m', 'behind'), 1)
      expect(await store.due(1, 5)).toEqual(['c', 'behind'])
    })

    it('has nothing against nobody', async () => {
      await store.forget([])
      expect(await store.export([])).toEqual({ profiles: [], conversations: [], waiting: [], events: [] })
    })

    it.runIf(dump)('leaves no trace of a person who is forgotten', async () => {
      const leave = async (person: string, name: string) => {
        const document = documentOf(`c-${name}`, { person, outbox, address: { name } })
        const profile = { person, linked: [`linked-${name}`], remembered: { name } }
        const events = Array.from({ length: 20 }, (_, n) => ({ ...eventOf(`e${n}-${name}`, n, document.id), person }))
        await store.save({ document, expected: 0, events, profile, due: 5 })
        await store.append({ ...messageOf(`m-${name}`, document.id), person, text: name }, 0)
        // In a room with others.
        await store.append({ ...messageOf(`r-${name}`, 'room'), person, text: name }, 0)
      }
      await leave('p-antonia', 'antonia')
      await leave('p-berthold', 'berthold')
      await leave(`#${'antonia'.repeat(40)}`, 'antonia')
      expect(await dump?.()).toContain('antonia')
      await store.forget(['p-antonia', `#${'antonia'.repeat(40)}`])
      expect(await dump?.()).not.toContain('antonia')
      expect(await dump?.()).toContain('berthold')
      expect(await store.waiting('room', 9)).toMatchObject([{ person: 'p-berthold' }])
    })

    it.runIf(dump)('leaves no trace of what has expired', async () => {
      const profile = { person: 'antonia', linked: [], remembered: {} }
      const event = { ...eventOf('e', 5, 'c-antonia'), person: 'antonia' }
      await store.save({ document: documentOf('c-antonia', { person: 'antonia' }), expected: 0, events: [event] })
      await store.save({ document: documentOf('other'), expected: 0, events: [eventOf('e2', 9)], profile })
      await store.expire({ events: 6, conversations: Date.now() + 1000 })
      expect(await dump?.()).not.toContain('c-antonia')
      expect((await all(store.events())).map((one) => one.id)).toEqual(['e2'])
    })

    it.runIf(dump)('has everything after it was closed and opened again', async () => {
      await store.append(messageOf('m1'), 0)
      await store.save({ document: documentOf('c', { outbox }), expected: 0, events: [eventOf('e1', 1)], due: 5 })
      await store.close()
      store = make()
      await store.open()
      expect(await store.load('c')).toMatchObject({ version: 1, settled: false, document: { outbox } })
      expect(await store.waiting('c', 10)).toHaveLength(1)
      expect(await store.history('c', 9)).toHaveLength(1)
      expect(await store.due(10, 10)).toEqual(['c'])
    })
  })
}
