import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { ColloquyError } from '@colloquy/core'
import { readExamples } from '@colloquy/trainer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { folder, jsonl } from './command.js'

const read = (content: string | Uint8Array, name = 'data.jsonl') => {
  const file = join(folder(), name)
  writeFileSync(file, content)
  return readExamples([file])
}
const visible = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => text.trim() === text)

describe('utterances', () => {
  it('survive a round trip through JSONL, packed or not, whatever they say', async () => {
    const dir = folder()
    const row = fc.record({ text: visible, intent: visible, split: fc.constantFrom('train', 'test', 'validation') })
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(row, { minLength: 1, selector: (row) => row.text }),
        fc.boolean(),
        fc.constantFrom('\n', '\r\n', '\n\n'),
        async (rows, packed, end) => {
          const content = Buffer.from(rows.map((row) => JSON.stringify(row)).join(end))
          const file = join(dir, packed ? 'data.jsonl.gz' : 'data.jsonl')
          writeFileSync(file, packed ? gzipSync(content) : content)
          const found = await readExamples([file])
          expect(found.map(({ text, intent, split }) => ({ text, intent, split }))).toEqual(rows)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('are trimmed, belong to training unless they say otherwise, and know their line', async () => {
    const content = `\uFEFF{"text":" hi ","intent":"greet"}\n\n{"text":"bye","intent":"part","split":"val","extra":1}`
    expect(await read(content)).toMatchObject([
      { text: 'hi', intent: 'greet', split: 'train', place: expect.stringMatching(/data\.jsonl:1$/) },
      { text: 'bye', intent: 'part', split: 'validation', place: expect.stringMatching(/data\.jsonl:3$/) },
    ])
  })

  it('of a line longer than what is read at once are whole', async () => {
    const text = 'é'.repeat(300_000)
    expect(await read(jsonl([{ text, intent: 'long' }]))).toMatchObject([{ text, intent: 'long' }])
  })
})

describe('conversations', () => {
  it('give the customer turns that carry an intent', async () => {
    const turns = [
      { role: 'customer', text: 'hi', intent: 'greet' },
      { role: 'agent', text: 'hello', intent: 'greet' },
      { role: 'customer', text: 'well' },
      { role: 'customer', text: '', intent: null },
      { role: 'customer', text: 'bye', intent: 'part', ts: 1 },
    ]
    const found = await read(jsonl([{ id: 'c1', channel: 'web', split: 'dev', turns }]))
    expect(found.map(({ text, conversation, split }) => [text, conversation, split])).toEqual([
      ['hi', 'c1', 'validation'],
      ['bye', 'c1', 'validation'],
    ])
  })

  it('may stand in one file with utterances', async () => {
    const turns = [{ role: 'customer', text: 'hi', intent: 'greet' }]
    const found = await read(
      jsonl([
        { text: 'bye', intent: 'part' },
        { id: 'c1', turns },
      ]),
    )
    expect(found.map(({ text }) => text)).toEqual(['bye', 'hi'])
  })

  it('without a single labelled turn are refused', async () => {
    const turns = [{ role: 'customer', text: 'hi' }]
    await expect(read(jsonl([{ id: 'c1', turns }]))).rejects.toThrow('no customer turn carries an intent')
  })
})

describe('a file that is not such JSONL', () => {
  it('is refused with the line that is wrong, whatever its bytes', async () => {
    const dir = folder()
    const valid = Buffer.from('{"text":"hi","intent":"greet"}\n')
    const soup = fc.uint8Array({ minLength: 1, maxLength: 200 }).filter((bytes) => !bytes.includes(10))
    await fc.assert(
      fc.asyncProperty(soup, fc.nat(3), async (bytes, before) => {
        const file = join(dir, 'soup.jsonl')
        writeFileSync(file, Buffer.concat([...Array(before).fill(valid), bytes]))
        const error = await readExamples([file]).catch((error) => error)
        const isBlank = Array.isArray(error) || error.message.endsWith('is empty.')
        if (isBlank) {
          expect(Buffer.from(bytes).toString().trim()).toBe('')
        } else {
          expect(error).toBeInstanceOf(ColloquyError)
          expect(error.message).toContain(`soup.jsonl:${before + 1}: `)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('is refused with the line that is wrong, whatever its JSON', async () => {
    const dir = folder()
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (value) => {
        const file = join(dir, 'odd.jsonl')
        writeFileSync(file, `{"text":"hi","intent":"greet"}\n${JSON.stringify(value)}\n`)
        await expect(readExamples([file])).rejects.toThrow('odd.jsonl:2: ')
      }),
      { numRuns: 100 },
    )
  })

  it.each([
    ['a broken line', '{"text":"hi","intent":"greet"}\n{"text":"bye"', /data\.jsonl:2: the line is not JSON/],
    ['an empty text', '{"text":"  ","intent":"greet"}', /data\.jsonl:1: the text is empty/],
    ['an empty intent', '{"text":"hi","intent":""}', /data\.jsonl:1: the intent is empty/],
    ['no intent', '{"text":"hi"}', /data\.jsonl:1: "intent": .*string/],
    ['a number for a text', '{"text":5,"intent":"greet"}', /data\.jsonl:1: "text": .*string/],
    ['a split of no known name', '{"text":"hi","intent":"greet","split":"held"}', /data\.jsonl:1: "split"/],
    ['turns that are no list', '{"id":"c","turns":{}}', /data\.jsonl:1: "turns": .*array/],
    ['an unlabelled turn of a wrong type', '{"id":"c","turns":[{"role":1}]}', /data\.jsonl:1: "turns\.0\.role"/],
    ['half a surrogate pair', '{"text":"\\ud800","intent":"greet"}', /data\.jsonl:1: .*Unicode/],
    ['bytes that are not UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), /data\.jsonl:1: .*UTF-8/],
    ['nothing in it', '\n \n', /data\.jsonl is empty/],
  ])('is refused for %s', async (_, content, message) => {
    const error = await read(content).catch((error) => error)
    expect(error).toMatchObject({ code: 'bad_data', message: expect.stringMatching(message) })
  })

  it('is refused where it is missing, a folder, or a broken archive', async () => {
    const dir = folder()
    await expect(readExamples([join(dir, 'none.jsonl')])).rejects.toThrow(/none\.jsonl: there is no such file/)
    await expect(readExamples([dir])).rejects.toThrow('is a folder')
    await expect(read('plain', 'data.jsonl.gz')).rejects.toThrow('cannot be unpacked')
    const whole = gzipSync('{"text":"hi","intent":"greet"}\n'.repeat(9))
    await expect(read(whole.subarray(0, -9), 'data.jsonl.gz')).rejects.toThrow('cannot be unpacked')
  })
})

describe('two intents for one text', () => {
  it('are both read: it is training that settles them', async () => {
    const rows = [
      { text: 'hi', intent: 'greet' },
      { text: 'hi ', intent: 'part' },
    ]
    expect((await read(jsonl(rows))).map(({ intent }) => intent)).toEqual(['greet', 'part'])
  })
})
