import { describe, expect, it } from 'vitest'
import { jsonl } from '../command.js'
import { type Files, read, said } from './read.js'

describe('tables', () => {
  it('are read with usual names of columns, whatever stands between them and in which order rows come', async () => {
    const csv =
      'Ticket ID;Author Type;Body;Created At\n7;agent;"We block it;\nnow";25/01/2024 14:47\n7;customer;My card;25/01/2024 14:46\n8;end-user;"He said ""hi""";3/1/2024\n'
    const result = await read({ 'export.csv': `\ufeff${csv}` })
    expect(result.found.map(({ id }) => id)).toEqual(['csv:7', 'csv:8'])
    expect(said(result)).toEqual([['customer: My card', 'agent: We block it;\nnow'], ['customer: He said "hi"']])
    expect(result.found[0]?.turns.map(({ source, ts }) => [source, ts])).toEqual([
      ['export.csv:4', Date.UTC(2024, 0, 25, 14, 46) / 1000],
      ['export.csv:2', Date.UTC(2024, 0, 25, 14, 47) / 1000],
    ])
    expect(result.found[1]?.turns[0]?.ts).toBe(Date.UTC(2024, 0, 3) / 1000)
  })

  it('are read as they are told, with keys inside of keys', async () => {
    const rows = [
      { what: 'My card', who: { kind: 'visitor', id: 4 }, when: 1706190000000, where: 9 },
      { what: 'Blocked', who: { kind: 'rep' }, when: '2024-01-25T13:41:00+00:00', where: 9 },
    ]
    const map = { text: 'what', role: 'who.kind', time: 'when', conversation: 'where', speaker: 'who.id' }
    for (const file of [jsonl(rows), JSON.stringify(rows), JSON.stringify({ data: rows })]) {
      const { found } = await read({ 'x.json': file }, { map })
      expect(found).toHaveLength(1)
      expect(found[0]?.turns.map(({ role, text, ts }) => [role, text, ts])).toEqual([
        ['customer', 'My card', 1706190000],
        ['agent', 'Blocked', 1706190060],
      ])
    }
  })

  it('tell which columns there are where one is missing', async () => {
    await expect(read({ 'a.csv': 'a,b\n1,2\n' }, { map: { text: 'body' } })).rejects.toThrow(
      'a.csv: there is no column "body" among "a", "b".',
    )
    await expect(read({ 'a.csv': 'text,speaker,time\nhi,Anna,soon\n' })).rejects.toThrow('a.csv:2: "soon" is no time.')
  })

  it('read our own conversations and logs again', async () => {
    const turns = [
      { role: 'customer', text: 'My card', ts: 5 },
      { role: 'agent', text: 'Blocked', ts: 6, action: 'block' },
      { role: 'system', text: 'query' },
    ]
    const { found } = await read({
      'star.jsonl': jsonl([
        { id: 'a', turns, tasks: ['x'] },
        { id: 'b', turns },
      ]),
    })
    expect(found.map(({ id, turns }) => [id, turns.map(({ source, ...turn }) => turn)])).toEqual([
      ['colloquy:a', turns],
      ['colloquy:b', turns],
    ])
    const common = { conversation: 'web:1', person: 'web:1', channel: 'web', at: 1706190000500 }
    const log = [
      {
        ...common,
        id: '1',
        type: 'customer',
        message: 'm',
        text: 'Hi',
        decision: 'open',
        review: 'low_margin',
        understanding: { intent: 'greet', confidence: 0.9 },
      },
      { ...common, id: '2', type: 'dialog', event: 'started', dialog: 'd' },
      { ...common, id: '3', type: 'bot', message: { id: 'n', parts: [{ type: 'text', text: 'Hello' }] } },
    ]
    expect((await read({ 'log.jsonl': jsonl(log) })).found[0]?.turns).toMatchObject([
      {
        role: 'customer',
        text: 'Hi',
        ts: 1706190000.5,
        predicted: 'greet',
        confidence: 0.9,
        decision: 'open',
        review: 'low_margin',
      },
      { role: 'agent', text: 'Hello' },
    ])
  })
})

describe('what is no export', () => {
  it.each<[string, Files, RegExp]>([
    ['an empty file', { 'a.txt': '' }, /^a\.txt is empty\.$/],
    [
      'a letter',
      { 'a.txt': 'Dear Anna,\nhow are you?' },
      /a\.txt looks like no export that is known\. Tried:\n {2}slack .*\n {2}whatsapp /,
    ],
    ['a folder of pictures', { 'x/a.jpg': 'x', 'x/b.png': Buffer.alloc(3000) }, /looks like no export/],
    ['a broken gzip', { 'a.jsonl.gz': Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3]) }, /a\.jsonl\.gz cannot be unpacked/],
    [
      'a text that is called a zip',
      { 'a.zip': 'PK but no zip' },
      /a\.zip cannot be unpacked: .*Is it a whole zip file\?/,
    ],
  ])('%s is told as such', async (_, files, error) => {
    await expect(read(files)).rejects.toThrow(error)
  })

  it('says which formats there are where the user names another', async () => {
    await expect(read({ 'a.txt': 'x' }, { from: 'skype' })).rejects.toThrow(
      /There is no format "skype"\. There are: slack, whatsapp,/,
    )
  })
})
