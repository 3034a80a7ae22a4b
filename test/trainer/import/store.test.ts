import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LogEvent, Store } from '@colloquy/core'
import { sqlite } from '@colloquy/core/store/sqlite'
import { readStore } from '@colloquy/trainer'
import Database from 'libsql'
import { describe, expect, it } from 'vitest'
import { against } from '../../core/store/against.js'
import { all, documentOf, eventOf } from '../../core/store/fixtures.js'
import { mysqlDatabase, postgresDatabase, redisDatabase, type Database as Server } from '../../core/store/servers.js'
import { folder } from '../command.js'

async function read(...args: Parameters<typeof readStore>): Promise<string[]> {
  const texts: string[] = []
  for await (const { turns } of readStore(...args)) texts.push(...turns.map(({ text }) => text))
  return texts
}

async function fill(store: Store): Promise<string[]> {
  const events = [eventOf('e1', 1), eventOf('e2', 2)]
  await store.open()
  await store.save({ document: documentOf('c'), expected: 0, events })
  await store.close()
  return events.flatMap((event) => (event.type === 'customer' ? [event.text] : []))
}

const SERVERS: [string, string, () => Promise<Server>][] = [
  ['PostgreSQL', 'POSTGRES_URL', postgresDatabase],
  ['MariaDB', 'MYSQL_URL', mysqlDatabase],
  ['Redis', 'REDIS_URL', redisDatabase],
]
for (const [name, variable, make] of SERVERS) {
  await against(name, variable, make, (database) => {
    describe(`the log of a bot on ${name}`, () => {
      it('is read by its address, and only where a bot has written it', async () => {
        const { url, prefix } = database
        await expect(read(url, 0, { prefix })).rejects.toThrow(/holds no log of a bot/)
        const said = await fill(database.make())
        const before = await database.dump()
        expect(await read(url, 0, { prefix })).toEqual(said)
        expect(await database.dump()).toBe(before)
        await expect(read(url, 0, { prefix: `${prefix}other_` })).rejects.toThrow(/holds no log of a bot/)
      })
    })
  })
}

describe('the log of a bot in a file', () => {
  it('is read without a change to it, and a file of another program is left as it is', async () => {
    const path = join(folder(), 'bot.db')
    const said = await fill(sqlite(path))
    const before = readFileSync(path)
    expect(await read(path)).toEqual(said)
    expect(readFileSync(path).equals(before)).toBe(true)

    const other = join(folder(), 'other.db')
    const database = new Database(other)
    database.exec('CREATE TABLE events (name TEXT); PRAGMA user_version = 1')
    database.close()
    const bytes = readFileSync(other)
    await expect(read(other)).rejects.toThrow(/other\.db holds no log of a bot/)
    expect(readFileSync(other).equals(bytes)).toBe(true)
  })

  it('tells of each message what dialog it opened, how that ended, and whether people liked it', async () => {
    const path = join(folder(), 'bot.db')
    const common = { conversation: 'c', person: 'anna', channel: 'test' }
    const asked = (id: string, at: number) => ({ ...eventOf(id, at), text: id })
    const dialog = (at: number, event: 'started' | 'finished' | 'stopped', name: string): LogEvent => ({
      ...{ ...common, id: `d${at}`, at, type: 'dialog', event, dialog: name, intent: `want_${name}` },
    })
    const said = (id: string, at: number): LogEvent => ({
      ...{ ...common, id: `b${at}`, at, type: 'bot', message: { id, parts: [{ type: 'text', text: 'Done.' }] } },
    })
    const thumb = (at: number, value: number, message?: string): LogEvent => ({
      ...{ ...common, id: `f${at}`, at, type: 'feedback', value, ...(message !== undefined && { message }) },
    })
    const events = [
      ...[
        asked('refund', 1),
        dialog(2, 'started', 'refund'),
        said('m1', 3),
        asked('123', 4),
        dialog(5, 'finished', 'refund'),
      ],
      ...[asked('track', 6), dialog(7, 'started', 'track'), said('m2', 8), dialog(9, 'stopped', 'track')],
      ...[thumb(10, 1, 'm1'), thumb(11, -1, 'm2'), asked('card', 12), dialog(13, 'started', 'card'), thumb(14, 1)],
    ]
    const store = sqlite(path)
    await store.open()
    await store.save({ document: documentOf('c'), expected: 0, events })
    await store.close()
    const [one] = await all(readStore(path))
    const told = one?.turns.flatMap(({ role, text, outcome, liked, review }) =>
      role === 'customer' ? [[text, outcome, liked, review]] : [],
    )
    expect(told).toEqual([
      ['refund', { intent: 'want_refund', ended: 'finished' }, true, undefined],
      ['123', undefined, undefined, undefined],
      ['track', { intent: 'want_track', ended: 'stopped' }, undefined, 'thumbs_down'],
      ['card', { intent: 'want_card' }, undefined, undefined],
    ])
  })

  it('is refused where there is none, or no such kind of database', async () => {
    writeFileSync(join(folder(), 'x'), '')
    await expect(read('oracle://a/b')).rejects.toThrow(/no store "oracle"\. There are: postgres, mysql, redis, mongodb/)
    await expect(read('nowhere.db')).rejects.toThrow(/nowhere\.db: there is no such file/)
  })
})
