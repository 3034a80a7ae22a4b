import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { LogEvent } from '@colloquy/core'
import { sqlite } from '@colloquy/core/store/sqlite'
import { beforeAll, describe, expect, it } from 'vitest'
import { talk } from './bot.js'
import { colloquy, folder, jsonl } from './command.js'
import { classifier, refund } from './replay-bot.js'

const BOT = fileURLToPath(new URL('replay-bot.ts', import.meta.url))
let dir: string

beforeAll(async () => {
  dir = folder()
  let now = 1_795_600_000_000
  const bot = { dialogs: [refund], classifier, store: join(dir, 'bot.db'), now: () => now++ }
  await talk(bot, 'web:anna', ['I want my money back', 'it is 123456', 'late'])
  await talk(bot, 'web:bert', ['money back for 654321', 'it was green', 'damaged'])
  await colloquy(['import', '--store', 'bot.db', '--out', 'said.jsonl'], dir)
})

const replay = (file: string, env?: NodeJS.ProcessEnv, bot = BOT) => colloquy(['replay', file, '--bot', bot], dir, env)

/** A file in the folder of these tests. */
function file(name: string, text: string): string {
  writeFileSync(join(dir, name), text)
  return name
}

describe('colloquy replay', () => {
  it('finds no difference in a conversation that was logged, imported and played again', async () => {
    expect(await replay('said.jsonl')).toEqual({
      code: 0,
      stdout: '2 conversations with 6 turns: the bot says what it said.\n',
      stderr: '',
    })
  })

  it('takes the events of a log as they are', async () => {
    const store = sqlite(join(dir, 'bot.db'))
    await store.open()
    const events: LogEvent[] = []
    for await (const event of store.events()) events.push(event)
    await store.close()
    expect(await replay(file('log.jsonl', jsonl(events)))).toMatchObject({ code: 0, stderr: '' })
  })

  it('shows the turn in which the bot says something else, and says so with its exit code', async () => {
    const { code, stdout } = await replay('said.jsonl', { CLOSING: 'was refunded' })
    expect(stdout.split('\n')).toEqual([
      'web:anna, turn 3 of 3',
      '  customer  late',
      '  expected  Order 123456 is refunded.',
      '  heard     Order 123456 was refunded.',
      '',
    ])
    expect(code).toBe(1)
  })

  it('plays a conversation that was written by hand, without times', async () => {
    const turns = [
      { role: 'customer', text: 'money back for 123456' },
      { role: 'agent', text: 'What went wrong?\n[damaged] [late]' },
      { role: 'customer', text: 'late' },
      { role: 'agent', text: 'Order 123456 is refunded.' },
    ]
    expect(await replay(file('hand.jsonl', jsonl([{ id: 'c', turns }])))).toMatchObject({ code: 0 })
    expect((await replay(file('short.jsonl', jsonl([{ id: 'c', turns: turns.slice(0, 3) }])))).stdout).toMatch(
      /turn 2 of 2\n {2}customer {2}late\n {2}expected {2}\(nothing\)\n {2}heard {5}Order 123456/,
    )
  })

  it.each([
    ['a file that is not there', 'none.jsonl', undefined, /none\.jsonl: there is no such file/],
    ['a line that is no JSON', 'torn.jsonl', '{"id": "c", "turns', /torn\.jsonl:1: it is not JSON/],
    [
      'a turn of somebody else',
      'role.jsonl',
      '{"id":"c","turns":[{"role":"cat","text":"x"}]}',
      /role\.jsonl:1: "turns\.0\.role"/,
    ],
    [
      'an event without a time',
      'time.jsonl',
      '{"type":"customer","conversation":"c","person":"p","channel":"w","text":"x"}',
      /time\.jsonl:1: "at"/,
    ],
    ['an event of no known type', 'type.jsonl', '{"type":"dance","conversation":"c"}', /type\.jsonl:1: "type"/],
    ['a list', 'list.jsonl', '[1]', /list\.jsonl:1: /],
    [
      'a file in which nobody speaks',
      'mute.jsonl',
      '{"id":"c","turns":[{"role":"agent","text":"x"}]}',
      /no customer says anything/,
    ],
  ])('refuses %s', async (_, name, text, message) => {
    if (text !== undefined) file(name, `${text}\n`)
    const { code, stderr } = await replay(name)
    expect(stderr).toMatch(message)
    expect(code).toBe(2)
  })

  it.each([
    ['a module that is not there', 'none.mjs', undefined, /none\.mjs cannot be loaded/],
    [
      'a module that throws',
      'throws.mjs',
      'throw new Error("no database")',
      /throws\.mjs cannot be loaded: no database/,
    ],
    ['a module without a default export', 'named.mjs', 'export const bot = 1', /named\.mjs exports no bot as default/],
    ['a function that makes something else', 'other.mjs', 'export default () => ({ options: {} })', /exports no bot/],
  ])('refuses %s', async (_, name, text, message) => {
    if (text !== undefined) file(name, text)
    const { code, stderr } = await replay('said.jsonl', {}, name)
    expect(stderr).toMatch(message)
    expect(code).toBe(2)
  })
})
