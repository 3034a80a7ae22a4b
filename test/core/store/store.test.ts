import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memory, type Store } from '@colloquy/core'
import { sqlite } from '@colloquy/core/store/sqlite'
import Database from 'libsql'
import { afterAll, describe, expect, it } from 'vitest'
import { storeContract } from './contract.js'

let shared: Store
storeContract(
  'memory',
  () => shared,
  () => {
    shared = memory()
  },
  false,
)

const folder = mkdtempSync(join(tmpdir(), 'colloquy-store-'))
const file = join(folder, 'bot.db')
afterAll(() => rmSync(folder, { recursive: true }))
storeContract(
  'sqlite',
  () => sqlite(file),
  () => {
    for (const end of ['', '-wal', '-shm']) rmSync(`${file}${end}`, { force: true })
  },
  true,
)

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
