import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Read, read } from './read.js'

/** What becomes of one thing that a customer says. */
async function masked(text: string, options = {}): Promise<string> {
  const chat = `1/25/24, 10:00 - Anna Miller: ${text}\n1/25/24, 10:01 - Will Ode: ok\n`
  const { found } = await read({ 'chat.txt': chat }, { keepPersonal: false, customers: ['Anna Miller'], ...options })
  return (found[0]?.turns[0]?.text ?? '').replace(/-[b-z]{7}\]/g, ']')
}

describe('personal data on its way in', () => {
  it.each([
    ['mail me at Anna.Miller+shop@mail.example.co.uk, please', 'mail me at [email], please'],
    ['jürgen@müller.example and a@b', '[email] and a@b'],
    ['call +44 20 7946 0958 or 0044 20 7946 0958.', 'call [phone] or [phone].'],
    ['card 4111 1111 1111 1111 or 4111-1111-1111-1112', 'card [card] or 4111-1111-1111-1112'],
    ['5500005555555559', '[card]'],
    ['IBAN DE89 3704 0044 0532 0130 00 please', 'IBAN [iban] please'],
    ['gb29NWBK60161331926819, GB29NWBK60161331926818', '[iban], GB29NWBK60161331926818'],
    [
      'from 192.168.0.17 and 2001:db8::8a2e:370:7334, not 1.2.3 or 10:30:45',
      'from [ip] and [ip], not 1.2.3 or 10:30:45',
    ],
    [
      'https://shop.example/reset?token=abc123 (see https://shop.example/help?page=2)',
      '[url] (see https://shop.example/help?page=2)',
    ],
    ['https://anna:pw@shop.example/, https://x.example/d/9f8A7b6c5D4e3f2a1b0c9d8e7f', '[url], [url]'],
    [
      'I am anna miller, Anna. Anna-Maria; thanks, WILL! I will wait',
      'I am [person], [person]. [person]-Maria; thanks, [person]! I will wait',
    ],
    ['order 123456, 25.01.2024, 1,250.00 EUR, 12345678901', 'order 123456, 25.01.2024, 1,250.00 EUR, 12345678901'],
  ])('%s', async (text, expected) => {
    expect(await masked(text)).toBe(expected)
  })

  it('knows numbers without a code where it is told the country', async () => {
    expect(await masked('call 020 7946 0958')).toBe('call 020 7946 0958')
    expect(await masked('call 020 7946 0958 or (030) 901820', { countries: ['GB', 'DE'] })).toBe(
      'call [phone] or [phone]',
    )
  })

  it('gives one value one placeholder, however it is written, and another value another', async () => {
    const said = (text: string) => `1/25/24, 10:00 - Anna: ${text}\n`
    const chat =
      said('a@b.example A@B.example c@d.example') + said('+44 20 7946 0958, +442079460958') + said('+49 30 901820')
    const words = ({ found }: Read) => found[0]?.turns.flatMap(({ text }) => text.split(/,? /)) ?? []
    const once = words(await read({ 'chat.txt': chat }, { keepPersonal: false, key: 'k' }))
    expect(once.every((word) => /^\[(email|phone)-[b-z]{7}\]$/.test(word))).toBe(true)
    expect(once.map((word) => once.indexOf(word))).toEqual([0, 0, 2, 3, 3, 5])
    // The same in another run with the same key, and not without it.
    expect(words(await read({ 'chat.txt': chat }, { keepPersonal: false, key: 'k' }))).toEqual(once)
    expect(words(await read({ 'chat.txt': chat }, { keepPersonal: false }))).not.toEqual(once)
  })

  it('leaves no name of anybody in the whole output, of files neither', async () => {
    const chat =
      '1/25/24, 10:00 - Anna Miller: I am Anna\n1/25/24, 10:01 - 王小明: 你好,我是王小明。\n1/25/24, 10:02 - Ваня: Аня, это Ваня\n'
    const { found, report } = await read({ 'WhatsApp Chat with Anna Miller.txt': chat }, { keepPersonal: false })
    expect(JSON.stringify(found)).not.toMatch(/Anna|Miller|王小明|Ваня/)
    expect(new Set(found[0]?.turns.map(({ speaker }) => speaker)).size).toBe(3)
    expect(found[0]?.turns[1]?.text).toBe(`你好,我是[${found[0]?.turns[1]?.speaker}]。`)
    expect(report.masked.person).toBe(4)
  })

  it('leaves no name in the middle of anything', async () => {
    const piece = fc.constantFrom(
      '’',
      '£',
      '12',
      '1234',
      ':',
      '::',
      '@',
      'a@b.example',
      'x://y',
      'é',
      '王',
      '😀',
      '\n',
      'wo',
      '',
    )
    const around = fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join(' '))
    await fc.assert(
      fc.asyncProperty(
        around,
        fc.constantFrom('Anna', 'anna', 'ANNA', 'Anna Miller'),
        around,
        async (before, name, after) => {
          expect(await masked(`x ${before} ${name} ${after} x`)).toContain(' [person] ')
        },
      ),
      { numRuns: 60 },
    )
  })

  it('is not slowed down by a megabyte of anything', async () => {
    for (const unit of ['1 ', '@', 'a@', '1:', 'https://', 'Anna ', '1.1.1.', 'DE89 ', '王', '((((', '<<']) {
      const text = unit.repeat(1e6 / unit.length)
      const chat = `1/25/24, 10:00 - Anna: ${text}\n`
      const { found } = await read({ 'chat.txt': chat }, { keepPersonal: false })
      expect(found[0]?.turns, unit).toHaveLength(1)
    }
  })
})
