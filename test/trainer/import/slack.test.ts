import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { folder } from '../command.js'
import { all, type Files, read, said, zip } from './read.js'

const USERS = [
  {
    id: 'U1',
    name: 'anna',
    real_name: 'Anna Miller',
    profile: { real_name: 'Anna Miller', email: 'anna@shop.example' },
  },
  { id: 'U2', name: 'ben', real_name: 'Ben Ode', profile: { display_name: 'benny' } },
  { id: 'B9', name: 'helper', real_name: 'Helper', is_bot: true },
]

function workspace(days: Record<string, unknown[]>): Files {
  const files: Files = { 'users.json': JSON.stringify(USERS), 'channels.json': '[{"id":"C1","name":"help"}]' }
  for (const [name, messages] of Object.entries(days)) files[`${name}.json`] = JSON.stringify(messages)
  return files
}

const message = (ts: string, user: string, text: string, more = {}) => ({ type: 'message', ts, user, text, ...more })

/** How a day of messages may be laid out: as Slack does it, and as nobody does. */
const LAYOUTS: Record<string, (messages: object[]) => string> = {
  'in one line': (messages) => JSON.stringify(messages),
  'indented by four': (messages) => JSON.stringify(messages, undefined, 4),
  'indented by tabs': (messages) => JSON.stringify(messages, undefined, '\t'),
  'with Windows line ends': (messages) => JSON.stringify(messages, undefined, 4).replaceAll('\n', '\r\n'),
  // What looks like the end of a message is in the middle of one.
  'with lists as the whole is': (messages) => {
    const rows = messages.map(
      (one) => `{\n"list": [\n    {},\n    {\n    },\n    {}],${JSON.stringify(one).slice(1, -1)}\n    }`,
    )
    return `[\n    ${rows.join(',\n    ')}\n]`
  },
}

describe('a day of many messages', () => {
  const messages = Array.from({ length: 700 }, (_, n) =>
    message(`17061${90000 + n}.000100`, n % 2 ? 'U1' : 'U2', `Où est ma carte ${n} ?`, {
      blocks: [[{ n }, { list: [] }]],
    }),
  )
  const workspaceOf = (day: string) => ({ ...workspace({}), 'help/2024-01-25.json': day })

  it.each(Object.entries(LAYOUTS))('is read %s as in any other way', async (_, write) => {
    const { found } = await read(workspaceOf(write(messages)))
    expect(found).toEqual((await read(workspaceOf(JSON.stringify(messages)))).found)
    expect(found.flatMap(({ turns }) => turns.map(({ source }) => source))).toHaveLength(700)
  })

  it.each(Object.entries(LAYOUTS))('is broken %s where it is broken', async (_, write) => {
    for (const [from, to] of [
      ['carte 500 ?', 'carte \\x'],
      ['carte 500 ?"', 'carte",}'],
    ] as const) {
      const { found, report } = await read(workspaceOf(write(messages).replace(from, to)), { skipBad: true })
      expect(report.skipped.first[0]).toContain('help/2024-01-25.json[500]: it is not JSON')
      expect(found[0]?.turns[499]?.text).toBe('Où est ma carte 499 ?')
    }
    const cut = write(messages).slice(0, write(messages).indexOf('carte 500'))
    await expect(read(workspaceOf(cut))).rejects.toThrow('help/2024-01-25.json[500]: the file ends in the middle of it')
    await expect(read(workspaceOf(`${write(messages)} x`))).rejects.toThrow('help/2024-01-25.json[700]')
  })
})

describe('a Slack export', () => {
  const days = {
    'help/2024-01-25': [
      message('1706190000.000100', 'U1', 'My card &amp; phone are gone, <@U2>', {
        thread_ts: '1706190000.000100',
        reply_count: 2,
        latest_reply: '1706277000.000300',
      }),
      { type: 'message', subtype: 'channel_join', ts: '1706190001.000000', user: 'U2', text: '<@U2> has joined' },
      message('1706190002.000000', 'U1', 'is anybody here? <https://a.example|status> <#C1|help> <!here>'),
      {
        type: 'message',
        subtype: 'bot_message',
        ts: '1706190003.000000',
        bot_id: 'B7',
        username: 'Alarm',
        text: '',
        attachments: [{ fallback: 'Shop is down' }],
      },
    ],
    'help/2024-01-26': [
      message('1706276000.000200', 'U2', 'We block it', { thread_ts: '1706190000.000100' }),
      message('1706277000.000300', 'U1', 'Thanks', {
        thread_ts: '1706190000.000100',
        files: [{ name: 'card.png' }],
      }),
    ],
  }

  it('gives threads as conversations over days, and the rest by time', async () => {
    const result = await read(workspace(days))
    expect(result.found.map(({ id }) => id).sort()).toEqual(['slack:help:1706190000.000100', 'slack:help:1706190001'])
    const thread = result.found.find(({ turns }) => turns.length === 3)
    expect(thread?.turns).toEqual([
      {
        role: 'customer',
        text: 'My card & phone are gone, @Ben Ode',
        ts: 1706190000.0001,
        speaker: 'Anna Miller',
        source: 'help/2024-01-25.json[0]',
      },
      {
        role: 'agent',
        text: 'We block it',
        ts: 1706276000.0002,
        speaker: 'Ben Ode',
        source: 'help/2024-01-26.json[0]',
      },
      {
        role: 'customer',
        text: 'Thanks',
        ts: 1706277000.0003,
        speaker: 'Anna Miller',
        source: 'help/2024-01-26.json[1]',
        attachments: ['card.png'],
      },
    ])
    expect(said({ ...result, found: result.found.filter((one) => one !== thread) })).toEqual([
      [
        'system: @Ben Ode has joined',
        'customer: is anybody here? status (https://a.example) #help @here',
        'agent: Shop is down',
      ],
    ])
  })

  it('is the same in a zip, and in a folder of a zip', async () => {
    const plain = await read(workspace(days))
    const inside = Object.fromEntries(
      Object.entries(workspace(days)).map(([name, text]) => [`My export/${name}`, text]),
    )
    for (const files of [workspace(days), inside]) {
      const { found } = await read({ 'export.zip': zip(files) })
      expect(found.map(({ id }) => id)).toEqual(plain.found.map(({ id }) => id))
    }
  })

  it('masks the names of its users wherever they stand, one placeholder for each person', async () => {
    const { found, report } = await read(workspace(days), { keepPersonal: false })
    const text = JSON.stringify(found)
    expect(text).not.toMatch(/Anna|Ben|benny/)
    const [thread] = found.filter(({ turns }) => turns.length === 3)
    const [anna, ben] = thread?.turns ?? []
    expect(anna?.text).toBe(`My card & phone are gone, @[${ben?.speaker}]`)
    expect(report.masked.person).toBe(2)
  })

  it('takes a message once where exports overlap', async () => {
    const twice = {
      'help/2024-01-25': [...days['help/2024-01-25'], ...days['help/2024-01-25']],
      'help/2024-01-26': days['help/2024-01-26'],
    }
    const { found, report } = await read(workspace(twice))
    expect(found.flatMap(({ turns }) => turns)).toHaveLength(6)
    expect(report.duplicates).toBe(4)
  })

  it.each([
    [
      'a time that is none',
      [message('yesterday', 'U1', 'hi')],
      'help/2024-01-25.json[0]: "ts" is "yesterday", not a time.',
    ],
    [
      'a text that is none',
      [message('1706190000.1', 'U1', 'hi'), { ts: '1706190001.1', text: { a: 1 } }],
      'help/2024-01-25.json[1]: "text" is a object, not a text.',
    ],
    ['a message that is none', [message('1706190000.1', 'U1', 'hi'), 7], 'help/2024-01-25.json[1]: it is no object.'],
  ])('names the place of %s, or leaves it out', async (_, messages, error) => {
    const files = workspace({ 'help/2024-01-25': messages })
    await expect(read(files)).rejects.toThrow(error)
    const skipped = await read(
      workspace({ 'help/2024-01-25': [...messages, message('1706190002.1', 'U1', 'still')] }),
      { skipBad: true },
    )
    expect(skipped.found.flatMap(({ turns }) => turns).at(-1)?.text).toBe('still')
    expect(skipped.report.skipped).toEqual({ count: 1, first: [error] })
  })

  it('does not go on without the list of people whose names it is to mask', async () => {
    const files = { ...workspace(days), 'users.json': '[{"id":"U1","name":"anna"},{"id":' }
    await expect(read(files)).rejects.toThrow('users.json[1]: the file ends in the middle of it')
    expect((await read(files, { skipBad: true })).found).toHaveLength(2)
  })

  it('reads what there is of a file that was not written to its end, and says where it ends', async () => {
    const whole = JSON.stringify([message('1706190000.1', 'U1', 'first'), message('1706190001.1', 'U1', 'second')])
    const files = { ...workspace({}), 'help/2024-01-25.json': whole.slice(0, -10) }
    await expect(read(files)).rejects.toThrow('help/2024-01-25.json[1]: the file ends in the middle of it')
    const { found } = await read(files, { skipBad: true })
    expect(found[0]?.turns.map(({ text }) => text)).toEqual(['first'])
  })

  it('refuses a zip that is cut off, climbs out of its folder, lies about sizes, or is a bomb', async () => {
    const dir = folder()
    const given = zip(workspace(days))
    const cases: [string, Buffer, RegExp][] = [
      ['short.zip', given.subarray(0, given.length - 60), /short\.zip cannot be unpacked.*Is it a whole zip file\?/],
      ['slip.zip', zip({ '../../evil.json': '[]' }), /slip\.zip cannot be unpacked: invalid relative path/],
      ['lies.zip', zip(workspace(days), { size: 5 }), /lies\.zip, .* cannot be unpacked/],
      ['bomb.zip', zip({ 'a.json': '[]' }, { size: 4e9 }), /zip bomb/],
    ]
    for (const [name, bytes, error] of cases) {
      writeFileSync(join(dir, name), bytes)
      await expect(all(join(dir, name)), name).rejects.toThrow(error)
    }
  })
})
