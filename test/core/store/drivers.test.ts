import type { Store } from '@colloquy/core'
import { mongodb } from '@colloquy/core/store/mongodb'
import { mysql } from '@colloquy/core/store/mysql'
import { postgres } from '@colloquy/core/store/postgres'
import { redis } from '@colloquy/core/store/redis'
import { describe, expect, it, vi } from 'vitest'

const absent = vi.hoisted(() => (name: string) => () => {
  throw new Error(`Cannot find package '${name}'`)
})
vi.mock('pg', absent('pg'))
vi.mock('mysql2', absent('mysql2'))
vi.mock('redis', absent('redis'))
vi.mock('mongodb', absent('mongodb'))

describe('a store whose driver is not installed', () => {
  const stores: [command: string, store: Store][] = [
    ['npm install kysely@0.28 pg', postgres('postgres://localhost/bot')],
    ['npm install kysely@0.28 mysql2', mysql('mysql://localhost/bot')],
    ['npm install redis@6', redis('redis://localhost')],
    ['npm install mongodb@7', mongodb('mongodb://localhost/bot')],
  ]
  it.each(stores)('says to run %s', async (command, store) => {
    const error = await store.open().catch((error) => error)
    expect(error).toMatchObject({ code: 'missing_dependency', hint: expect.stringContaining(command) })
  })
})
