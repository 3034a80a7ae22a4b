import { describe, expect, it } from 'vitest'
import { read, said, zip } from './read.js'

const seconds = (iso: string) => Date.parse(`${iso}Z`) / 1000

describe('a WhatsApp chat', () => {
  it('is read from an Android export, with who said it, when, and on which line', async () => {
    const text =
      '25/01/2024, 14:45 - Messages and calls are end-to-end encrypted.\n' +
      '25/01/2024, 14:46 - Anna Miller: Hello,\nmy card: lost\n\nwhat now?\n' +
      '25/01/2024, 14:47 - Marram Bank: We block it.\n'
    const { found, report } = await read({ 'WhatsApp Chat with Anna Miller.txt': text })
    expect(found).toEqual([
      {
        id: `whatsapp:WhatsApp Chat with Anna Miller.txt:${seconds('2024-01-25T14:45')}`,
        channel: 'whatsapp',
        turns: [
          {
            role: 'system',
            text: 'Messages and calls are end-to-end encrypted.',
            ts: seconds('2024-01-25T14:45'),
            source: 'WhatsApp Chat with Anna Miller.txt:1',
          },
          {
            role: 'customer',
            text: 'Hello,\nmy card: lost\n\nwhat now?',
            ts: seconds('2024-01-25T14:46'),
            speaker: 'Anna Miller',
            source: 'WhatsApp Chat with Anna Miller.txt:2',
          },
          {
            role: 'agent',
            text: 'We block it.',
            ts: seconds('2024-01-25T14:47'),
            speaker: 'Marram Bank',
            source: 'WhatsApp Chat with Anna Miller.txt:6',
          },
        ],
      },
    ])
    expect(report.sources).toMatchObject([{ format: 'whatsapp', messages: 3, agents: ['Marram Bank'], customers: 1 }])
  })

  it('is read from an iPhone export in a zip, with its marks, attachments, notices and edits', async () => {
    const lines = [
      '\u200e[25.01.24, 14:45:12] Anna: \u200eMessages and calls are end-to-end encrypted.',
      '[25.01.24, 14:45:13] ~\u202fAnna: Hi',
      '\u200e[25.01.24, 14:45:14] ~\u202fAnna: \u200e<attached: 00000003-PHOTO-2024-01-25.jpg>',
      '\u200e[25.01.24, 14:45:15] ~\u202fAnna: \u200eBild weggelassen',
      '[25.01.24, 14:45:16] Bank: Danke \u200e<Diese Nachricht wurde bearbeitet.>',
      '[25.01.24, 14:45:17] Bank: \u200f\u202bשלום\u202c',
    ]
    const { found } = await read({ 'WhatsApp Chat - Anna.zip': zip({ '_chat.txt': lines.join('\r\n'), 'a.jpg': 'x' }) })
    expect(found[0]?.turns.map(({ ts, source, ...turn }) => turn)).toEqual([
      { role: 'system', text: 'Messages and calls are end-to-end encrypted.', speaker: 'Anna' },
      { role: 'customer', text: 'Hi', speaker: 'Anna' },
      { role: 'customer', text: '', speaker: 'Anna', attachments: ['00000003-PHOTO-2024-01-25.jpg'] },
      { role: 'customer', text: '', speaker: 'Anna', attachments: [''] },
      { role: 'agent', text: 'Danke', speaker: 'Bank' },
      { role: 'agent', text: '\u200f\u202bשלום\u202c', speaker: 'Bank' },
    ])
  })

  it('tells attachments from texts, and leaves texts as they are', async () => {
    const lines = [
      '1/25/24, 2:45\u202fPM - Anna: IMG-20240125-WA0001.jpg (file attached)',
      'what is this?',
      '1/25/24, 2:46\u202fPM - Anna: <Media omitted>',
      '1/25/24, 2:46\u202fPM - Anna: <b>bold</b>',
      '1/25/24, 2:46\u202fPM - Anna: ',
      '',
      'a text that begins late',
      '1/25/24, 2:47\u202fPM - Anna: 1/25/24: the day (today)',
      '1/25/24, 2:47\u202fPM - You changed the subject to "Orders: new"',
      '1/25/24, 2:48\u202fPM - Bank: 12:30 - lunch',
    ]
    const { found } = await read({ 'chat.txt': lines.join('\n') }, { customers: ['Anna'] })
    expect(found[0]?.turns.map(({ role, text, attachments }) => [role, text, attachments])).toEqual([
      ['customer', 'what is this?', ['IMG-20240125-WA0001.jpg']],
      ['customer', '', ['']],
      ['customer', '<b>bold</b>', undefined],
      ['customer', '\n\na text that begins late', undefined],
      ['customer', '1/25/24: the day (today)', undefined],
      ['system', 'You changed the subject to "Orders: new"', undefined],
      ['agent', '12:30 - lunch', undefined],
    ])
  })

  it.each([
    ['3/4/24, 10:00', '3/13/24, 10:00', '2024-03-04T10:00'],
    ['3/4/24, 10:00', '13/4/24, 10:00', '2024-04-03T10:00'],
    ['24. 3. 4. 오후 2:45', '24. 3. 13. 오전 9:45', '2024-03-04T14:45'],
    ['2024/3/4 下午2:45', '2024/3/4 下午3:45', '2024-03-04T14:45'],
    ['4/3/24, 2:45 p. m.', '14/3/24, 2:45 p. m.', '2024-03-04T14:45'],
    ['4/3/24, 12:05 a. m.', '14/3/24, 2:45 p. m.', '2024-03-04T00:05'],
    ['4.3.2024 klo 14.45', '14.3.2024 klo 14.45', '2024-03-04T14:45'],
    ['4/3/2567 14:45', '14/3/2567 14:45', '2024-03-04T14:45'],
    ['4/3/67 14:45', '14/3/67 14:45', '2024-03-04T14:45'],
    ['۱۴۰۲/۱۲/۱۴،‏ ۱۴:۴۵', '۱۴۰۲/۱۲/۱۵،‏ ۱۴:۴۵', '2024-03-04T14:45'],
    ['٤‏/٣‏/٢٠٢٤، ٢:٤٥ م', '١٤‏/٣‏/٢٠٢٤، ٢:٤٥ م', '2024-03-04T14:45'],
    ['४/३/२४, २:४५ PM', '१४/३/२४, २:४५ PM', '2024-03-04T14:45'],
    ['14:45 4/3/24', '14:45 14/3/24', '2024-03-04T14:45'],
    ['4.03.24 г., 14:45 ч.', '14.03.24 г., 14:45 ч.', '2024-03-04T14:45'],
    ['2024-03-04 14 h 45', '2024-03-14 14 h 45', '2024-03-04T14:45'],
  ])('reads the date %s, where another line says %s', async (date, other, iso) => {
    const android = `${date} - Anna: hi\n${other} - Anna: there\n`
    expect((await read({ 'chat.txt': android })).found[0]?.turns[0]).toMatchObject({ text: 'hi', ts: seconds(iso) })
    const iphone = `[${date}] Anna: hi\n[${other}] Anna: there\n`
    expect((await read({ 'chat.txt': iphone })).found[0]?.turns[0]).toMatchObject({ text: 'hi', ts: seconds(iso) })
  })

  it('sees from the course of time what no single date tells', async () => {
    const dates = ['1/5', '1/6', '1/7', '2/2', '2/3', '3/1', '3/12']
    const lines = dates.map((date) => `${date}/24, 10:00 - Anna: hi\n`)
    const { found } = await read({ 'chat.txt': lines.join('') })
    const months = found.map(({ turns }) => new Date((turns[0]?.ts ?? 0) * 1000).getUTCMonth() + 1)
    expect(months).toEqual([1, 1, 1, 2, 2, 3, 3])
  })

  // WhatsApp writes a phone's own short date and time, which Node has from the same source.
  const LOCALES =
    'af am ar ar-EG ar-MA az be bg bn bs ca cs cy da de de-AT de-CH el en-US en-GB en-AU en-CA en-IN en-ZA en-NZ en-IE es es-MX es-AR es-CO es-CL et eu fa fi fil fr fr-CA fr-CH ga gl gu he hi hr hu hy id is it it-CH ja ka kk km kn ko ky lo lt lv mk ml mn mr ms my nb ne nl nl-BE pa pl pt-BR pt-PT ro ru si sk sl sq sr sv sw ta te th tr uk ur uz vi zh-CN zh-TW zh-HK zu'
  it('reads the dates of every language in which phones write them', async () => {
    const wrong: string[] = []
    for (const locale of LOCALES.split(' ')) {
      for (const timeStyle of ['short', 'medium'] as const) {
        const format = new Intl.DateTimeFormat(locale, { dateStyle: 'short', timeStyle, timeZone: 'UTC' })
        const times = [seconds('2024-01-25T09:07:00'), seconds('2024-02-03T00:30:00'), seconds('2024-02-27T21:58:00')]
        const row = (time: number, n: number) => {
          const stamp = format.format(time * 1000)
          return timeStyle === 'short' ? `${stamp} - Anna: text ${n}` : `[${stamp}] Anna: text ${n}`
        }
        const result = await read({ 'chat.txt': times.map(row).join('\n') }).catch(() => undefined)
        const heard = result?.found.flatMap(({ turns }) => turns.map(({ ts }) => ts))
        if (String(heard) !== String(times)) wrong.push(`${locale} ${row(times[0] as number, 0)}`)
      }
    }
    expect(wrong).toEqual([])
  })

  it('is cut where people pause, and not where they do not', async () => {
    const at = (minute: number, text: string) => {
      const date = new Date(Date.UTC(2024, 0, 1, 8, minute)).toISOString()
      return `${date.slice(0, 10)}, ${date.slice(11, 16)} - Anna: ${text}\n`
    }
    const visits = Array.from({ length: 40 }, (_, day) =>
      [0, 2, 5, 60 * 8].map((m) => at(day * 1440 + m, `day ${day}`)),
    )
    const text = visits.flat().join('')
    expect((await read({ 'chat.txt': text })).found).toHaveLength(80)
    expect((await read({ 'chat.txt': text }, { gap: 12 * 3600 })).found).toHaveLength(40)
    expect((await read({ 'chat.txt': text }, { gap: 60 })).found).toHaveLength(160)
  })

  it('stays in the order in which it was said when the clock is set back', async () => {
    const times = ['10:00', '10:05', '09:10', '09:12']
    const text = times.map((time, n) => `25/01/2024, ${time} - Anna: text ${n}\n`).join('')
    const { found } = await read({ 'chat.txt': text })
    expect(found.map(({ turns }) => turns.map((turn) => turn.text))).toEqual([times.map((_, n) => `text ${n}`)])
  })

  it('names the line where a chat turns into something else', async () => {
    const text = `25/01/2024, 10:00 - Anna: hi\n${'no date here\n'.repeat(2e6)}`
    await expect(read({ 'chat.txt': text })).rejects.toThrow(/^chat\.txt:\d+: what was said has gone on for 16 MB/)
    await expect(
      read({ 'a.txt': Buffer.from('25/01/2024, 10:00 - A: x\n25/01/2024, 10:01 - A: \xff\n', 'latin1') }),
    ).rejects.toThrow('a.txt:2: the line is not valid UTF-8.')
  })

  it('takes the agents that it is told, and names those who do not exist', async () => {
    const text = '25/01/2024, 14:46 - Anna: Hello\n25/01/2024, 14:47 - Ben: Hi\n25/01/2024, 14:48 - Cleo: Hey\n'
    expect(said(await read({ 'chat.txt': text }, { agents: ['anna'] }))).toEqual([
      ['agent: Hello', 'customer: Hi', 'customer: Hey'],
    ])
    expect(said(await read({ 'chat.txt': text }, { customers: ['Cleo'] }))).toEqual([
      ['agent: Hello', 'agent: Hi', 'customer: Hey'],
    ])
    await expect(read({ 'chat.txt': text }, { agents: ['Mia'] })).rejects.toThrow('Nobody is called Mia.')
  })
})
