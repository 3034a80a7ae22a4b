import type { Store } from '@colloquy/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { all, documentOf, eventOf, messageOf, type Subject } from './fixtures.js'

/** What a store must do that several processes share. */
export function sharedContract({ name, make, clear }: Pick<Subject, 'name' | 'make' | 'clear'>): void {
  describe(`${name} shared by two processes`, () => {
    let one: Store
    let other: Store
    beforeEach(async () => {
      await clear()
      one = make()
      other = make()
      await one.open()
      await other.open()
    })
    afterEach(async () => {
      await Promise.all([one.close(), other.close()])
    })

    it('lets each turn see the one before it', async () => {
      const turns = async (store: Store, who: string) => {
        for (let done = 0; done < 25; ) {
          const { document = documentOf('c'), version = 0 } = (await store.load('c')) ?? {}
          document.misses++
          const events = [eventOf(`${who}${done}`, document.misses)]
          if (await store.save({ document, expected: version, events })) done++
        }
      }
      await Promise.all([turns(one, 'one'), turns(other, 'other')])
      expect(await other.load('c')).toMatchObject({ version: 50, document: { misses: 50 } })
      const logged = await one.history('c', 99)
      expect(logged.map((event) => event.at)).toEqual(Array.from({ length: 50 }, (_, n) => n + 1))
      expect(await all(other.events())).toEqual(logged)
    })

    it('keeps waiting messages in the order they came, whoever took them', async () => {
      const ids = Array.from({ length: 40 }, (_, n) => `m${n}`)
      for (const [n, id] of ids.entries()) await (n % 3 ? one : other).append(messageOf(id), 0)
      expect((await one.waiting('c', 99)).map((message) => message.id)).toEqual(ids)
      expect(await other.waiting('c', 99)).toEqual(await one.waiting('c', 99))
    })

    it('keeps a message once that both were given, and lets it be handled once', async () => {
      const ids = Array.from({ length: 20 }, (_, n) => `m${n}`)
      await Promise.all(ids.flatMap((id) => [one, other].map((store) => store.append(messageOf(id), 0))))
      expect((await one.waiting('c', 99)).map((message) => message.id).sort()).toEqual([...ids].sort())
      const handle = (store: Store) =>
        store.save({ document: documentOf('c'), expected: 0, events: [eventOf('e', 1)], handled: 'm0' })
      expect((await Promise.all([handle(one), handle(other)])).sort()).toEqual([false, true])
      expect(await one.waiting('c', 99)).toHaveLength(19)
      expect(await all(one.events())).toHaveLength(1)
    })

    it('never lets a message overtake one that could be seen before', async () => {
      const seen: string[][] = []
      let done = false
      const watch = async () => {
        while (!done) seen.push((await one.waiting('c', 999)).map((message) => message.id))
      }
      const write = async (store: Store, who: string) => {
        for (let n = 0; n < 25; n++) await store.append(messageOf(`${who}-${n}`), 0)
      }
      const watching = watch()
      await Promise.all(Array.from({ length: 10 }, (_, n) => write(n % 2 ? one : other, `${n}`)))
      done = true
      await watching
      const all = (await one.waiting('c', 999)).map((message) => message.id)
      expect(all).toHaveLength(250)
      for (const ids of seen) expect(ids).toEqual(all.slice(0, ids.length))
    })

    it('lets turns, forgetting and expiry go on side by side', async () => {
      const profile = { person: 'anna', linked: [], remembered: {} }
      const turns = async (store: Store, id: string) => {
        for (let n = 0; n < 20; n++) {
          await store.append(messageOf(`m${n}`, id), 0)
          const { document = documentOf(id), version = 0 } = (await store.load(id)) ?? {}
          const events = [eventOf(`e${n}`, n, id)]
          await store.save({ document, expected: version, events, handled: `m${n}`, profile })
        }
      }
      const clean = async (store: Store) => {
        for (let n = 0; n < 20; n++) {
          await store.forget(['anna', 'bert'])
          await store.expire({ events: 5, conversations: Date.now() })
        }
      }
      await Promise.all([turns(one, 'c1'), turns(other, 'c2'), turns(one, 'c3'), clean(other), clean(one)])
      await one.forget(['anna'])
      expect(await all(one.events())).toEqual([])
    })
  })
}
