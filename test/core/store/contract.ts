import type { Store } from '@colloquy/core'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { extremes } from './extremes.js'
import { all, type Document, documentOf, eventOf, messageOf, outbox, type Subject } from './fixtures.js'

/** What every store must do. */
export function storeContract(subject: Subject): void {
  const { name, make, clear, dump } = subject
  extremes(subject)
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

    it('keeps what it was given, whatever becomes of that, and of what it gives', async () => {
      const document = documentOf('c', { outbox })
      const kept = structuredClone(document)
      const profile = { person: 'anna', linked: ['slack:u1'], remembered: { city: 'Basel' } }
      await store.save({ document, expected: 0, events: [], profile })
      for (let round = 0; round < 2; round++) {
        expect((await store.load('c'))?.document).toEqual(kept)
        expect((await store.profile('anna'))?.linked).toEqual(['slack:u1'])
        document.outbox[0]?.parts.pop()
        profile.linked.pop()
        ;(await store.load('c'))?.document.outbox.pop()
        ;(await store.profile('anna'))?.linked.pop()
      }
    })

    it('keeps of anything else what JSON makes of it', async () => {
      const address = { at: new Date(0), none: undefined, list: [undefined, { n: Number.NaN }], f: () => 1 }
      await store.save({ document: documentOf('c', { address: address as never }), expected: 0, events: [] })
      const made = { at: '1970-01-01T00:00:00.000Z', list: [null, { n: null }] }
      expect((await store.load('c'))?.document.address).toStrictEqual(made)
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
