import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Transcript, writeTranscripts } from '@colloquy/trainer'
import { describe, expect, it } from 'vitest'
import { colloquy, contents, folder } from '../command.js'
import { all, read, zip } from './read.js'

const CHAT = [
  '25/01/2024, 14:45 - Anna Miller: My card is gone, mail anna@mail.example',
  '25/01/2024, 14:46 - Marram Bank: Hello Anna, 020 7946 0958 is our number',
].join('\n')

describe('colloquy import of an export', () => {
  it('writes conversations and a report, and says what it found and masked', async () => {
    const dir = folder()
    writeFileSync(join(dir, 'WhatsApp Chat with Anna Miller.zip'), zip({ 'WhatsApp Chat with Anna Miller.txt': CHAT }))
    const args = ['import', 'WhatsApp Chat with Anna Miller.zip', '--country', 'GB', '--report', 'report.json']
    const { code, stdout, stderr } = await colloquy(args, dir)
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout.split('\n').slice(0, 3)).toEqual([
      'conversations.jsonl: 1 conversations with 1 customer turns.',
      'WhatsApp Chat with Anna Miller.zip (whatsapp): 2 messages; agents: Marram Bank; 1 customers; cut after 4 h 0 min of silence.',
      'Masked: 1 e-mail addresses, 1 telephone numbers, 2 names.',
    ])
    const written = readFileSync(join(dir, 'conversations.jsonl'), 'utf8')
    expect(written).not.toMatch(/Anna|7946/)
    expect((JSON.parse(written) as Transcript).turns.map(({ role }) => role)).toEqual(['customer', 'agent'])
    expect(JSON.parse(readFileSync(join(dir, 'report.json'), 'utf8'))).toMatchObject({
      sources: [{ format: 'whatsapp', messages: 2, agents: ['Marram Bank'], customers: 1 }],
      masked: { email: 1, phone: 1, card: 0 },
    })
  })

  it('writes nothing where a place cannot be read, and goes on where that is wanted', async () => {
    const dir = folder()
    writeFileSync(join(dir, 'a.jsonl'), '{"text":"hi","role":"user"}\n{"text":"hel\n{"text":"there","role":"bot"}\n')
    const failed = await colloquy(['import', 'a.jsonl'], dir)
    expect(failed.stderr).toMatch(/^colloquy: a\.jsonl:2: the line is not JSON: .*--skip-bad\.\n$/)
    expect([failed.code, contents(dir)]).toEqual([2, ['a.jsonl']])
    const { code, stdout } = await colloquy(['import', 'a.jsonl', '--skip-bad'], dir)
    expect(stdout).toMatch(/1 places could not be read:\n {2}a\.jsonl:2: /)
    expect([code, existsSync(join(dir, 'conversations.jsonl'))]).toEqual([0, true])
  })

  it.each<[string, string[], RegExp]>([
    ['nothing', [], /There is nothing to import\. Name an export, or the --store of a bot\./],
    ['both an export and a store', ['a.txt', '--store', 'b.db'], /An export and a --store were named/],
    ['a column that is none', ['a.csv', '--map', 'words=body'], /"words" is none of text, conversation, role/],
    ['a country that is none', ['a.txt', '--country', 'XX'], /must be a country such as GB/],
    ['a gap that is none', ['a.txt', '--gap', 'long'], /must be a span of time such as 30m/],
    ['a file that is not there', ['a.txt'], /a\.txt: there is no such file or folder/],
  ])('refuses %s', async (_, args, message) => {
    const dir = folder()
    const { code, stderr } = await colloquy(['import', ...args], dir)
    expect(stderr).toMatch(message)
    expect([code, contents(dir)]).toEqual([2, []])
  })

  it('says in its help what it reads and how', async () => {
    const { code, stdout } = await colloquy(['import', '--help'], folder())
    expect(code).toBe(0)
    for (const name of ['slack', 'whatsapp', 'teams', 'zendesk', 'intercom', 'rasa', 'botpress', 'csv', 'jsonl']) {
      expect(stdout).toMatch(new RegExp(`^ {2}${name} +\\S`, 'm'))
    }
  })
})

describe('an import of what is large', () => {
  it('reads a message of ten megabytes, and conversations that are all open at once', async () => {
    const long = 'word '.repeat(2e6)
    const rows = Array.from({ length: 3000 }, (_, n) => `c${n % 1000},customer,${n === 2005 ? long : `text ${n}`}\n`)
    const { found } = await read({ 'a.csv': `conversation,role,text\n${rows.join('')}` })
    expect(found).toHaveLength(1000)
    expect(found.every(({ turns }) => turns.length === 3)).toBe(true)
    expect(found.flatMap(({ turns }) => turns).some(({ text }) => text === long)).toBe(true)
  })

  it('holds no more than it may of conversations without an end, and loses nothing', async () => {
    const rows = Array.from({ length: 9000 }, (_, n) => `c${n % 3},customer,${'x'.repeat(9000)}${n}\n`)
    const { found } = await read({ 'a.csv': `conversation,role,text\n${rows.join('')}` })
    expect(found.flatMap(({ turns }) => turns)).toHaveLength(9000)
    expect(found.length).toBeGreaterThan(3)
    expect(new Set(found.map(({ id }) => id)).size).toBe(found.length)
  })

  it('cuts a long chat where the topic changes, and nowhere else', async () => {
    const topics = [
      'card lost stolen blocked pin',
      'loan house interest rate mortgage',
      'holiday travel insurance luggage flight',
    ]
    const line = (n: number) => {
      const words = (topics[Math.floor(n / 60)] as string).split(' ')
      const said = [0, 1, 2].map((k) => words[(n * 7 + k * 3) % words.length]).join(' ')
      const time = new Date(Date.UTC(2024, 0, 25, 8, n)).toISOString()
      return `${time.slice(0, 10)}, ${time.slice(11, 16)} - Anna: ${said} number${n}\n`
    }
    const lines = Array.from({ length: 180 }, (_, n) => line(n))
    const starts = async (text: string) =>
      (await read({ 'chat.txt': text })).found.map(({ turns }) => Number(turns[0]?.source?.split(':')[1]))
    const [first, second, third, ...more] = await starts(lines.join(''))
    expect([first, more]).toEqual([1, []])
    expect(Math.abs((second ?? 0) - 61)).toBeLessThan(3)
    expect(Math.abs((third ?? 0) - 121)).toBeLessThan(3)
  })

  it('leaves nothing behind when it is interrupted', async () => {
    const dir = folder()
    writeFileSync(join(dir, 'chat.txt'), CHAT)
    const interrupted = new AbortController()
    async function* slowly(): AsyncGenerator<Transcript> {
      for (const transcript of (await all(join(dir, 'chat.txt'))).found) {
        yield transcript
        interrupted.abort(new Error('enough'))
      }
    }
    await expect(writeTranscripts(slowly(), join(dir, 'out.jsonl'), interrupted.signal)).rejects.toThrow()
    expect(contents(dir)).toEqual(['chat.txt'])
  })
})
