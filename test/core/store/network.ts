import type { Store } from '@colloquy/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { documentOf, eventOf, messageOf } from './fixtures.js'
import type { Database } from './servers.js'
import { Wire } from './wire.js'

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
