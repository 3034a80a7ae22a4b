import type { Store } from '@colloquy/core'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { all, documentOf, eventOf, messageOf, outbox, type Subject } from './fixtures.js'

/** What every store must hold, and what it must not keep. */
export function extremes({ name, make, clear, dump }: Subject): void {
  describe(`${name} as a store of anything`, () => {
    let store: Store
    beforeEach(async () => {
      await clear()
      store = make()
      await store.open()
    })
    afterEach(() => store.close())

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
  })
}
