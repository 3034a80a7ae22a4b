import type { Store } from '@colloquy/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { all, documentOf, eventOf, messageOf, type Subject } from './contract.js'
import type { Database } from './servers.js'
import { Wire } from './wire.js'

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

/** What it must do over a network and with a database of its own. */
export function networkContract(name: string, { url, make, clear, drop, kill, outdate }: Database): void {
  describe(`${name} over a network that fails`, () => {
    let wire: Wire
    let store: Store
    let witness: Store
    beforeEach(async () => {
      await clear()
      wire = await Wire.to(url)
      store = make(wire.url)
      witness = make()
      await Promise.all([store.open(), witness.open()])
    })
    afterEach(async () => {
      await Promise.all([store.close(), witness.close()])
      await wire.break()
    })
    const unavailable = { code: 'store_unavailable' }
    /** Tries until the connection is there again, as the caller would. */
    const eventually = async <T>(work: () => Promise<T>): Promise<T> => {
      for (;;) {
        try {
          return await work()
        } catch (error) {
          expect(error).toMatchObject(unavailable)
          await new Promise((resolve) => setTimeout(resolve, 20))
        }
      }
    }

    it('writes a turn whole or not at all, wherever the connection is lost', async () => {
      const profile = { person: 'anna', linked: [], remembered: {} }
      const outcomes = new Set<string>()
      for (const forward of [false, true]) {
        for (let n = 1, sent = false; !sent; n++) {
          const id = `c${forward}${n}`
          await eventually(() => store.append(messageOf('m', id), 0))
          await eventually(() => store.load(id))
          const events = [eventOf(`${id}-1`, 1, id), eventOf(`${id}-2`, 2, id)]
          wire.cutAt(n, forward)
          const commit = { document: documentOf(id, { person: id }), expected: 0, events, handled: 'm' }
          const told = await store.save({ ...commit, profile: { ...profile, person: id } }).catch((error) => error)
          wire.cutAt(Number.POSITIVE_INFINITY, true)
          sent = told === true
          if (!sent) expect(told).toMatchObject(unavailable)
          const found = async () => [
            (await witness.load(id))?.version ?? 0,
            (await witness.history(id, 9)).length,
            1 - (await witness.waiting(id, 9)).length,
            (await witness.profile(id)) ? 1 : 0,
          ]
          // A database may still be at what it was sent before it sees that nobody is there any more.
          await expect.poll(found).toSatisfy((now) => ['0,0,0,0', '1,2,1,1'].includes(String(now)))
          const state = String(await found())
          if (sent) expect(state).toBe('1,2,1,1')
          outcomes.add(state)
        }
      }
      expect(outcomes).toEqual(new Set(['0,0,0,0', '1,2,1,1']))
    })

    it('goes on after its connections were ended by an administrator', async () => {
      await store.append(messageOf('m1'), 0)
      await kill(wire.ports)
      await eventually(() => store.append(messageOf('m2'), 0))
      const busy = Array.from({ length: 30 }, (_, n) =>
        store.append(messageOf(`busy${n}`), 0).then(
          () => undefined,
          (error) => error,
        ),
      )
      await kill(wire.ports)
      for (const told of await Promise.all(busy)) if (told !== undefined) expect(told).toMatchObject(unavailable)
      await eventually(() => store.append(messageOf('m3'), 0))
      const ids = (await witness.waiting('c', 99)).map((message) => message.id)
      expect(ids.filter((id) => id.startsWith('m'))).toEqual(['m1', 'm2', 'm3'])
    })

    it('says that the database is down, and goes on when it is back', async () => {
      await wire.break()
      await expect(store.load('c')).rejects.toMatchObject(unavailable)
      await expect(store.append(messageOf('m0'), 0)).rejects.toMatchObject(unavailable)
      await wire.mend()
      await eventually(() => store.append(messageOf('m1'), 0))
      expect(await witness.waiting('c', 9)).toHaveLength(1)
    })

    it('is open once the database is', async () => {
      await wire.break()
      const early = make(wire.url)
      await expect(early.open()).rejects.toMatchObject(unavailable)
      await expect(early.load('c')).rejects.toThrow(/not open/)
      await wire.mend()
      await early.open()
      expect(await early.load('c')).toBeUndefined()
      await early.close()
    })

    it('says who was not let in, without the password', async () => {
      const url = new URL(wire.url)
      url.username = 'nobody-known'
      url.password = 'hunter2'
      const error = await make(url.href)
        .open()
        .catch((error) => error)
      expect(error).toMatchObject(unavailable)
      expect(String(error)).not.toContain('hunter2')
    })
  })

  describe(`${name} at the start`, () => {
    it('is migrated once where many processes start together', async () => {
      await drop()
      const stores = Array.from({ length: 6 }, () => make())
      await Promise.all(stores.map((store) => store.open()))
      await stores[0]?.append(messageOf('m1'), 0)
      expect(await stores[5]?.waiting('c', 9)).toHaveLength(1)
      await Promise.all(stores.map((store) => store.close()))
    })

    it('refuses what a newer version has left', async () => {
      await outdate()
      await expect(make().open()).rejects.toThrow(/newer version/)
    })
  })
}
