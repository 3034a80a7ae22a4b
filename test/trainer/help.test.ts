import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync, gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import { FIXTURE } from '../core/nlu/fixture.js'
import { talk } from './bot.js'
import { colloquy, folder, jsonl } from './command.js'
import { zip } from './import/read.js'
import { classifier, refund } from './replay-bot.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** A line of a help text that shows how a command is used. */
interface Shown {
  line: string
  /** What stands after `colloquy`, up to a comment. */
  words: string[]
}

/** The help of a command and of those within it, by what stands after `colloquy`. */
async function helps(path: string[] = []): Promise<Map<string, string>> {
  const { stdout } = await colloquy([...path, '--help'], ROOT)
  const [, list = ''] = /^Commands:\n((?: {2}.*\n)+)/m.exec(stdout) ?? []
  const names = [...list.matchAll(/^ {2}([a-z-]+)/gm)].map(([, name = '']) => name).filter((name) => name !== 'help')
  const within = await Promise.all(names.map((name) => helps([...path, name])))
  return new Map([[path.join(' '), stdout], ...within.flatMap((one) => [...one])])
}

function examples(help: string): Shown[] {
  return [...help.matchAll(/^ *\$ (colloquy .*)$/gm)].flatMap(([, line = '']) =>
    line.split(' && ').map((part) => {
      const [said = ''] = part.split(/ {2,}| # | < /)
      const words = [...said.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '')
      return { line: part, words: words.slice(1) }
    }),
  )
}

/** What a reader has at hand: this repository, and what the examples call model, test.jsonl, bot.db… */
async function preparedFolder(): Promise<string> {
  const dir = folder()
  mkdirSync(join(dir, 'examples/bank'), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules'), join(dir, 'node_modules'))
  symlinkSync(join(ROOT, 'examples/bank/model'), join(dir, 'examples/bank/model'))
  // The whole file would take minutes on a slow machine.
  const rows = gunzipSync(readFileSync(join(ROOT, 'examples/bank/banking77.jsonl.gz')))
    .toString()
    .trim()
    .split('\n')
  const some = rows.filter((_, i) => i % 60 === 0)
  writeFileSync(join(dir, 'examples/bank/banking77.jsonl.gz'), gzipSync(some.join('\n')))
  for (const name of ['model', 'candidate', 'exact']) cpSync(FIXTURE, join(dir, name), { recursive: true })
  for (const name of ['model', 'candidate']) {
    for (const other of ['expected.json', 'make.py', 'said.jsonl']) rmSync(join(dir, name, other), { force: true })
  }
  const said = (intent: string, texts: string[]) => texts.map((text) => ({ text, intent }))
  const data = [
    ...said('greet', ['hello', 'hi there', 'good morning', 'hey you']),
    ...said('request_refund', ['I want a refund', 'money back please', 'refund my order', 'give me my money back']),
  ]
  for (const name of ['old.jsonl', 'test.jsonl']) writeFileSync(join(dir, name), jsonl(data))
  writeFileSync(join(dir, 'new.jsonl'), jsonl(said('greet', ['howdy', 'good evening'])))
  writeFileSync(
    join(dir, 'tickets.csv'),
    'ticket_id,author_type,body,created_at\n1,customer,Where is it?,2026-11-01T10:00:00Z\n1,agent,On its way.,2026-11-01T10:01:00Z\n',
  )
  const chat = '[25/11/2026, 10:00:00] Anna: Where is it?\n[25/11/2026, 10:01:00] Marram Bank: On its way.\n'
  writeFileSync(join(dir, 'WhatsApp Chat with Anna.zip'), zip({ '_chat.txt': chat }))
  const message = (user: string, text: string, ts: string) => ({ type: 'message', user, text, ts })
  const day = [message('U1', 'Where is it?', '1795600000.1'), message('U2', 'On its way.', '1795600060.1')]
  const users = ['U1', 'U2'].map((id) => ({ id, name: id, profile: { real_name: id } }))
  const files = { 'users.json': users, 'channels.json': [{ id: 'C1', name: 'help' }], 'help/2026-11-25.json': day }
  const texts = Object.entries(files).map(([name, value]) => [name, JSON.stringify(value)])
  writeFileSync(join(dir, 'slack-export.zip'), zip(Object.fromEntries(texts)))
  writeFileSync(join(dir, 'package.json'), '{"type":"module"}')
  writeFileSync(join(dir, 'bot.ts'), `export { default } from '${ROOT}test/trainer/replay-bot.ts'\n`)
  let now = 1_795_600_000_000
  const bot = { dialogs: [refund], classifier, store: join(dir, 'bot.db'), now: () => now++ }
  await talk(bot, 'web:anna', ['I want my money back', 'it is 123456', 'late'])
  return dir
}

/** Those that need Python, a service elsewhere, or a person. */
const needsMore = ({ line, words: [command = ''] }: Shown) =>
  (command === 'train' && !line.includes('--head-only')) ||
  ['reproduce', 'label'].includes(command) ||
  /\w+:\/\//.test(line)

describe('every example in the help', { timeout: 240_000 }, () => {
  let all: Map<string, string>
  beforeAll(async () => {
    all = await helps()
  })

  it('names commands and flags that there are', () => {
    expect(all.size).toBeGreaterThan(8)
    for (const [command, help] of all) {
      const shown = examples(help)
      // What is within a command may leave the examples to it.
      if (!command.includes(' ')) expect(shown.length, command).toBeGreaterThan(0)
      for (const { line, words } of shown) {
        const path = [words.slice(0, 2).join(' '), words[0] ?? ''].find((name) => all.has(name))
        expect(path, line).toBeDefined()
        for (const flag of words.slice(0, words.indexOf('--') >>> 0).filter((word) => word.startsWith('--'))) {
          expect(all.get(path ?? ''), line).toMatch(new RegExp(`^ +${flag}\\b`, 'm'))
        }
      }
    }
  })

  it('works when it is run, but for those that need Python, a service or a person', async () => {
    const failed: string[] = []
    const run = async (shown: Shown[]) => {
      const dir = await preparedFolder()
      for (const { line, words } of shown) {
        const { code, stderr } = await colloquy(words, dir)
        // 3: a model that should not replace another, or has drifted.
        if (code !== 0 && code !== 3) failed.push(`${line}\n${stderr}`)
      }
      return shown.length
    }
    const batches = [...all].flatMap(([command, help]) => {
      const shown = examples(help).filter((one) => !needsMore(one))
      if (command === '') return []
      // Each import writes the same file, and writes over none.
      return command === 'import' ? shown.map((one) => [one]) : [shown]
    })
    const counts = await Promise.all(batches.map(run))
    expect(failed).toEqual([])
    expect(counts.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(15)
  })
})
