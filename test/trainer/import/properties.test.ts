import { ColloquyError } from '@colloquy/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { jsonl } from '../command.js'
import { type Files, read, zip } from './read.js'

/** One side's words; the other one answers. */
type Said = { by: 'anna' | 'bank'; text: string }[]

const START = Date.UTC(2024, 0, 25, 14, 0)
const at = (n: number) => new Date(START + n * 20_000)
const users = [
  { id: 'anna', name: 'anna', profile: {} },
  { id: 'bank', name: 'bank', profile: {} },
]
const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
const html = (text: string) =>
  escaped(text)
    .split('\n')
    .map((line) => `<div>${line}</div>`)
    .join('')
const cell = (text: string) => `"${text.replaceAll('"', '""')}"`

/** Writes a conversation as each product does. */
const FORMATS: Record<string, (said: Said) => Files> = {
  whatsapp: (said) => ({
    'chat.txt': said
      .map(
        ({ by, text }, n) =>
          `${at(n).toISOString().slice(0, 10)}, ${at(n).toISOString().slice(11, 19)} - ${by}: ${text}\n`,
      )
      .join(''),
  }),
  slack: (said) => ({
    'users.json': JSON.stringify(users),
    'help/2024-01-25.json': JSON.stringify(
      said.map(({ by, text }, n) => ({
        type: 'message',
        user: by,
        text: escaped(text),
        ts: `${at(n).getTime() / 1000}.${n}`,
      })),
    ),
  }),
  teams: (said) => ({
    'a.json': JSON.stringify({
      value: said
        .map(({ by, text }, n) => ({
          id: `${n}`,
          chatId: 'c',
          messageType: 'message',
          createdDateTime: at(n),
          from: { user: { id: by, displayName: by } },
          body: { contentType: 'text', content: text },
        }))
        .reverse(),
    }),
  }),
  zendesk: (said) => ({
    'a.json': jsonl([
      {
        id: 1,
        requester_id: 'anna',
        comments: said.map(({ by, text }, n) => ({ id: n + 1, author_id: by, body: text, created_at: at(n) })),
      },
      { id: 2, requester_id: 1, comments: [] },
    ]),
  }),
  intercom: (said) => ({
    'a.json': JSON.stringify({
      conversations: [
        {
          id: 1,
          conversation_parts: {
            conversation_parts: said.map(({ by, text }, n) => ({
              id: n + 1,
              part_type: 'comment',
              body: html(text),
              created_at: at(n).getTime() / 1000,
              author: { type: by === 'anna' ? 'lead' : 'admin', id: by },
            })),
          },
        },
      ],
    }),
  }),
  rasa: (said) => ({
    'a.json': JSON.stringify({
      sender_id: 'anna',
      events: said.map(({ by, text }, n) => ({
        event: by === 'anna' ? 'user' : 'bot',
        text,
        timestamp: at(n).getTime() / 1000,
      })),
    }),
  }),
  botpress: (said) => ({
    'a.jsonl': jsonl(
      said.map(({ by, text }, n) => ({
        id: n + 1,
        conversationId: 'c',
        direction: by === 'anna' ? 'incoming' : 'outgoing',
        userId: by,
        createdAt: at(n),
        payload: { type: 'text', text },
      })),
    ),
  }),
  csv: (said) => ({
    'a.csv': `conversation,role,time,text\r\n${said.map(({ by, text }, n) => `c,${by === 'anna' ? 'customer' : 'agent'},${at(n).toISOString()},${cell(text)}\r\n`).join('')}`,
  }),
  jsonl: (said) => ({
    'a.jsonl': jsonl(
      said.map(({ by, text }, n) => ({
        conversation: 'c',
        role: by === 'anna' ? 'customer' : 'agent',
        time: at(n),
        text,
      })),
    ),
  }),
  colloquy: (said) => ({
    'a.jsonl': jsonl([
      {
        id: 'c',
        turns: said.map(({ by, text }, n) => ({
          role: by === 'anna' ? 'customer' : 'agent',
          text,
          ts: at(n).getTime() / 1000,
        })),
      },
    ]),
  }),
}

/** Any text that is written: with line ends, quotes, brackets, marks and all scripts. */
const text = fc
  .oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }),
    fc
      .array(
        fc.constantFrom(
          '\n',
          '\n\n',
          '"',
          ',',
          ';',
          '[',
          ']',
          '{',
          '}',
          '<',
          '>',
          '&amp;',
          '\\',
          ': ',
          ' - ',
          '\u2028',
          '\u200f',
          '日本',
          '🙂',
          "'",
          '|',
          '25/1/24',
        ),
        { minLength: 1, maxLength: 12 },
      )
      .map((parts) => parts.join('')),
  )
  .filter((one) => one !== '' && !/\p{Surrogate}/u.test(one))

/** What WhatsApp's own format cannot tell apart: lines that look like its own, its mark, and carriage returns. */
const unlikeWhatsapp = (one: string) => !/\u200e|\r|\(file attached\)|^\d|\n[^\n]*\d[^\n]*\d/.test(one)

/** HTML has one kind of white space, and its line ends are blocks. */
const likeHtml = (one: string) => one === one.trim() && !/[^\S \n]|\s\s|-|[\ufdd0\ufdd1]/.test(one)

const FITS: Record<string, (one: string) => boolean> = {
  whatsapp: unlikeWhatsapp,
  intercom: likeHtml,
  rasa: (one) => one !== '/session_start',
  csv: (one) => !/^[\ufeff\s]*$|\r/.test(one),
}

function conversation(kind: string): fc.Arbitrary<Said> {
  const said = fc.record({
    by: fc.constantFrom('anna' as const, 'bank' as const),
    text: text.filter(FITS[kind] ?? (() => true)),
  })
  return fc.array(said, { minLength: 1, maxLength: 8 }).map((all): Said => [{ by: 'anna', text: 'Hi' }, ...all])
}

describe.each(Object.keys(FORMATS))('%s', (kind) => {
  const write = FORMATS[kind] as (said: Said) => Files
  const options = { customers: kind === 'slack' || kind === 'teams' || kind === 'whatsapp' ? ['anna'] : [] }

  it('gives back every text, in order, on the side that said it', async () => {
    await fc.assert(
      fc.asyncProperty(conversation(kind), async (said) => {
        const { found } = await read(write(said), { ...options, gap: 1e6 })
        expect(found.flatMap(({ turns }) => turns.map((turn) => [turn.role, turn.text]))).toEqual(
          said.map((one) => [one.by === 'anna' ? 'customer' : 'agent', one.text]),
        )
      }),
      { numRuns: 40 },
    )
  })

  it('gives a result or an error with a place for a file of which bytes were changed, cut off or swapped', async () => {
    const damage = fc.array(fc.record({ at: fc.nat(), byte: fc.nat(255), cut: fc.nat(5) }), {
      minLength: 1,
      maxLength: 4,
    })
    await fc.assert(
      fc.asyncProperty(conversation(kind), damage, fc.boolean(), async (said, changes, skipBad) => {
        const files = write(said)
        const name = Object.keys(files).at(-1) as string
        let bytes = Buffer.from(files[name] as string)
        for (const { at, byte, cut } of changes) {
          bytes[at % bytes.length] = byte
          if (cut === 0) bytes = bytes.subarray(0, 1 + (at % bytes.length))
        }
        await unharmed({ ...files, [name]: bytes }, { from: kind, skipBad })
      }),
      { numRuns: 40 },
    )
  })
})

describe('any bytes', () => {
  const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array))
  const likely = fc
    .array(
      fc.constantFrom(
        '{',
        '}',
        '[',
        ']',
        '"',
        ',',
        ':',
        '\n',
        '\\',
        '1/2/24, 10:00 - a: b\n',
        '"ts":"1.5"',
        'PK\x03\x04',
        '\xff\xfe',
        '\0',
        'text,role\n',
      ),
      { maxLength: 25 },
    )
    .map((parts) => Buffer.from(parts.join(''), 'latin1'))
  const NAMES = ['a.txt', 'a.json', 'a.jsonl', 'a.csv', 'a.zip', 'a.jsonl.gz', '2024-01-25.json']

  it.each([...Object.keys(FORMATS), undefined])('are a result or an error with a place, read as %s', async (from) => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(bytes, likely),
        fc.constantFrom(...NAMES),
        fc.boolean(),
        async (content, name, skipBad) => {
          await unharmed({ [name]: content }, { ...(from && { from }), skipBad })
        },
      ),
      { numRuns: 50 },
    )
  })

  it('in a zip, too', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.nat(255), async (at, byte) => {
        const whole = zip({ '_chat.txt': '1/25/24, 10:00 - Anna: hi\n'.repeat(20), 'a.json': '[]' })
        whole[at % whole.length] = byte
        await unharmed({ 'a.zip': whole }, {})
      }),
      { numRuns: 150 },
    )
  })
})

async function unharmed(files: Files, options: { from?: string; skipBad?: boolean }): Promise<void> {
  const names = Object.keys(files).map((name) => name.split('/').at(-1) as string)
  await read(files, options).catch((error: unknown) => {
    expect(error).toBeInstanceOf(ColloquyError)
    const { code, message } = error as ColloquyError
    expect(code).toBe('bad_data')
    expect(
      names.some((name) => message.includes(name)) || /_chat\.txt|holds no files|colloquy-/.test(message),
      message,
    ).toBe(true)
  })
}
