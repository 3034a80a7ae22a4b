import { mongodb } from '@colloquy/core/store/mongodb'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { storeContract } from './contract.js'
import { all, documentOf, eventOf, messageOf } from './fixtures.js'
import { dump, server } from './mongo-double.js'
import { sharedContract } from './shared.js'

vi.mock('mongodb', () => import('./mongo-double.js'))

const URL = 'mongodb://nobody:hunter2@127.0.0.1/bot'
const clear = () => {
  server.collections.clear()
  server.down = false
  server.left = Number.POSITIVE_INFINITY
}
const name = 'mongodb, on a double of its driver,'
storeContract({ name, make: () => mongodb(URL), clear, dump })
sharedContract({ name, make: () => mongodb(URL), clear })

describe('mongodb, on a double of its driver', () => {
  beforeEach(clear)

  it('shows a turn whole or not at all, wherever its process dies', async () => {
    const profile = { person: 'anna', linked: [], remembered: {} }
    const outcomes = new Set<string>()
    for (const forward of [false, true]) {
      for (let n = 1, sent = false; !sent; n++) {
        clear()
        const store = mongodb(URL)
        await store.open()
        await store.append(messageOf('m'), 0)
        Object.assign(server, { left: n, forward })
        const commit = { document: documentOf('c'), expected: 0, events: [eventOf('e1', 1), eventOf('e2', 2)] }
        const told = await store.save({ ...commit, handled: 'm', profile }).catch((error) => error)
        sent = server.left > 0
        server.left = Number.POSITIVE_INFINITY
        const other = mongodb(URL)
        await other.open()
        const state = [
          (await other.load('c'))?.version ?? 0,
          (await other.history('c', 9)).length,
          1 - (await other.waiting('c', 9)).length,
          (await other.profile('anna')) ? 1 : 0,
          (await all(other.events())).length,
        ].join()
        expect(['0,0,0,0,0', '1,2,1,1,2']).toContain(state)
        if (told === true) expect(state).toBe('1,2,1,1,2')
        else expect(told).toMatchObject({ code: 'store_unavailable' })
        outcomes.add(state)
      }
    }
    expect(outcomes.size).toBe(2)
  })

  it('makes nothing where it is opened only to be read', async () => {
    await expect(mongodb(URL).open({ existing: true })).rejects.toThrow(/holds no log of a bot/)
    expect([...server.collections.values()].every((rows) => rows.size === 0)).toBe(true)
    const store = mongodb(URL)
    await store.open()
    await store.save({ document: documentOf('c'), expected: 0, events: [eventOf('e', 1)] })
    await store.close()
    await store.open({ existing: true })
    expect(await all(store.events())).toHaveLength(1)
  })

  it('keeps the later of two profiles, in whichever order they arrive', async () => {
    const store = mongodb(URL)
    await store.open()
    const profile = (city: string) => ({ person: 'anna', linked: [], remembered: { city } })
    // The first turn's process stops once its conversation is written, and what is left of it is done last.
    Object.assign(server, { left: 3, forward: false })
    await store.save({ document: documentOf('c'), expected: 0, events: [], profile: profile('Basel') })
    server.left = Number.POSITIVE_INFINITY
    await store.keep(profile('Bern'))
    expect((await store.profile('anna'))?.remembered).toEqual({ city: 'Bern' })
  })

  it('says that the database is down without the password, and goes on when it is back', async () => {
    server.down = true
    const store = mongodb(URL)
    const error = await store.open().catch((error) => error)
    expect(error).toMatchObject({ code: 'store_unavailable' })
    expect(String(error)).not.toContain('hunter2')
    server.down = false
    await store.open()
    server.down = true
    await expect(store.append(messageOf('m'), 0)).rejects.toMatchObject({ code: 'store_unavailable' })
    server.down = false
    await store.append(messageOf('m'), 0)
    expect(await store.waiting('c', 9)).toHaveLength(1)
  })

  it('refuses what a newer version has left', async () => {
    const store = mongodb(URL)
    await store.open()
    Object.assign(server.collections.get('colloquy_meta')?.get('format') ?? {}, { value: 999 })
    await expect(mongodb(URL).open()).rejects.toThrow(/newer version/)
  })
})
