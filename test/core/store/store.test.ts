import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memory, type Store } from '@colloquy/core'
import { sqlite } from '@colloquy/core/store/sqlite'
import Database from 'libsql'
import { afterAll, describe, expect, it } from 'vitest'
import { storeContract } from './contract.js'

let kept: Store
storeContract({
  name: 'memory',
  make: () => kept,
  clear() {
    kept = memory()
  },
})

const folder = mkdtempSync(join(tmpdir(), 'colloquy-store-'))
const file = join(folder, 'bot.db')
const files = () => readdirSync(folder).filter((name) => name.startsWith('bot.db'))
afterAll(() => rmSync(folder, { recursive: true }))
storeContract({
  name: 'sqlite',
  make: () => sqlite(file),
  clear() {
    for (const name of files()) rmSync(join(folder, name))
  },
  // Its bytes, whatever they mean: the file and the log that is written ahead of it.
  dump: () =>
    files()
      .map((name) => readFileSync(join(folder, name), 'latin1'))
      .join(),
})

describe('sqlite', () => {
  it('says that a path cannot be opened', async () => {
    await expect(sqlite(join(folder, 'no', 'such', 'folder.db')).open()).rejects.toMatchObject({
      code: 'store_unavailable',
    })
  })
  it('refuses a file that is no database, and leaves it alone', async () => {
    const path = join(folder, 'letter.db')
    writeFileSync(path, 'Dear Sir or Madam, '.repeat(500))
    await expect(sqlite(path).open()).rejects.toMatchObject({ code: 'store_unavailable' })
  })
  it('refuses a file of a newer version', async () => {
    const path = join(folder, 'newer.db')
    const database = new Database(path)
    database.exec('PRAGMA user_version = 999')
    database.close()
    await expect(sqlite(path).open()).rejects.toThrow(/newer version/)
  })
  it('says that it is not open', async () => {
    await expect(sqlite(file).load('c')).rejects.toThrow(/not open/)
  })
})
