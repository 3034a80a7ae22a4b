import { networkInterfaces } from 'node:os'
import { ColloquyError, createBot, memory } from '@colloquy/core'
import { describe, expect, it } from 'vitest'
import { bot, conversation, count, get, say, start, status, url, why } from './inspected.js'

describe('the inspector', () => {
  it('is there only where it is asked for', async () => {
    await start({ inspect: false })
    expect(bot.inspector).toBeUndefined()
  })

  it('lists conversations by their last turn', async () => {
    await start()
    await say('I want a refund', 'test:a')
    await say('where is it?', 'test:b')
    await say('123456', 'test:a')
    expect(await get('conversations')).toMatchObject([
      { id: 'test:a', channel: 'test', decision: 'answer' },
      { id: 'test:b', channel: 'test', decision: 'open' },
    ])
  })

  it('shows what the engine remembers: dialogs, slots, results, the question, timers', async () => {
    await start()
    await say('I want a refund for 123456')
    await say('it is anna@example.com')
    await say('skip')
    const { document } = await conversation()
    expect(document).toEqual({
      ...{ version: 3, locale: 'en', misses: 0, unsent: 0 },
      timers: [
        { what: 'Reminder in refund', at: expect.any(Number) },
        { what: 'End of refund', at: expect.any(Number) },
      ],
      frames: [
        {
          ...{ dialog: 'refund', title: 'Refund an order', intent: 'refund' },
          slots: [
            { name: 'order', value: '123456', personal: false },
            { name: 'email', value: '[email]', personal: true },
            { name: 'tip', value: '[tip]', personal: true },
            { name: 'reason', personal: false },
          ],
          results: [{ name: 'account', kind: 'result', value: '{"owner":"[email]","since":2019}' }],
          pending: { name: 'reason', question: 'What went wrong?', choices: ['damaged', 'late'], misses: 0 },
        },
      ],
    })
  })

  it('says why each message was taken as it was', async () => {
    await start()
    const told = async (text: string, choice?: string) => {
      await say(text, 'test:c1', choice === undefined ? {} : { choice })
      const { decision, because } = await why()
      return `${decision}: ${because}`.replaceAll('\u00a0', ' ')
    }
    expect(await told('blah')).toBe('fallback: It is unlike anything that the model knows.')
    expect(await told('I want a refund')).toBe('open: “refund” at 95 % is sure: 60 % or more.')
    expect(await told('what?')).toBe(
      'invalid: It does not fit the question, and “refund” at 20 % is no reason to interrupt it.',
    )
    expect(await told('where is my order')).toBe('digress: “track” at 95 % is sure enough to interrupt “refund”.')
    expect(await told('skip')).toBe('needed: The customer wants to skip a question that must be answered.')
    expect(await told('anna@example.com')).toMatch(/^fill: It does not fit the question, but holds values/)
    expect(await told('123456')).toBe('answer: It fits the question that was asked.')
    expect(await told('skip')).toBe('answer: The question may be skipped, and the customer skips it.')
    expect(await told('sorry, 654321')).toBe(
      'correct: It holds another value for “order”, which has been answered before.',
    )
    expect(await told('change the order')).toBe(
      'correct: The customer wants to change “order”, so it is asked for again.',
    )
    expect(await told('123456')).toMatch(/^answer/)
    expect(await told('Late', 'late')).toBe('answer: It fits the question that was asked.')
    expect(await told('yes')).toMatch(/^answer/)
    expect(await told('the order is 654321')).toBe('closed: It would change “order”, which a commit has used already.')
    expect(await told('human')).toBe('human: It is the command “human”.')
    expect(await told('hello?')).toBe('relay: A person has this conversation, so the bot stays silent.')
    expect(await told('bot')).toBe('return: The customer asked for the bot back.')
    expect(await told(' ')).toBe('empty: There is nothing in the message.')
    expect(await told('x'.repeat(9000))).toBe('tooLong: The message is longer than 8000 characters.')
  })

  it('shows the situation of a decision: question, answer, what was found, cue, command, ranking, stages', async () => {
    await start()
    await say('I want a refund for 123456')
    await say('where is it now')
    const { turns } = await conversation()
    expect(turns[1].why).toEqual({
      decision: 'digress',
      because: expect.any(String),
      facts: [
        { name: 'Dialog', value: 'refund' },
        { name: 'Question', value: '“Which email did you use?” (email).' },
        { name: 'Answer', value: 'does not fit' },
        { name: 'Found', value: 'nothing' },
      ],
      classification: {
        outOfScope: false,
        score: 0.95,
        ranking: [
          { intent: 'track', confidence: 0.95 },
          { intent: 'refund', confidence: 0.025 },
          { intent: 'contact', confidence: 0.025 },
        ],
        thresholds: [
          { name: 'sure', value: 0.6 },
          { name: 'unsure', value: 0.3 },
          { name: 'digress', value: 0.6 },
          { name: 'interrupt', value: 0.9 },
        ],
      },
    })
    const stages: string[] = turns[1].stages.map(({ stage }: { stage: string }) => stage)
    expect(stages).toEqual(['load', 'decide', 'understand', 'apply', 'run', 'save', 'deliver'])
    await say('sorry, I meant 654321')
    expect((await why()).facts).toContainEqual({ name: 'Correction', value: 'of order, announced by “sorry”' })
    await say('help')
    expect((await why()).facts).toContainEqual({ name: 'Command', value: 'help' })
  })

  it('shows no personal value, wherever one may stand', async () => {
    await start()
    const said = ['I want a refund for 123456', 'anna@example.com', '£7.25', 'late', 'no wait, bob@example.com', 'yes']
    const shown: string[] = []
    for (const text of said) {
      await say(text)
      shown.push(JSON.stringify(await conversation()))
    }
    expect(shown.at(-1)).toContain('123456')
    expect(shown.at(-1)).toContain('Shall I write to [email]?')
    for (const text of shown) expect(text).not.toMatch(/anna@|bob@|example\.com|£7/)
  })

  it('shows none in the form it was written in, nor one that was not taken', async () => {
    await start()
    await say('call me on 020 7946 0958')
    await say('Anna "Ann" O\'Hara')
    await say('my number is 020 7946 0999')
    expect((await why()).decision).toBe('closed')
    await say('where is it? try 020 7946 0777 or 020 7946 0666')
    expect((await why()).decision).toBe('digress')
    const shown = JSON.stringify(await conversation())
    expect(shown).toContain('phone = [phone]')
    expect(shown).toContain('where is it? try [phone] or [phone]')
    expect(shown).not.toMatch(/20 7946|207946|Anna|"Ann|Hara/)
  })

  it('shows that a turn ended in an error, and of what kind', async () => {
    const store = memory()
    await start({
      store: { ...store, save: async () => Promise.reject(new ColloquyError('store_unavailable', 'Gone.')) },
    })
    await expect(say('anna@example.com')).rejects.toThrow('Gone.')
    const { turns, document } = await conversation()
    expect(turns).toMatchObject([{ failed: 'store_unavailable' }])
    expect(document).toBeUndefined()
    expect(JSON.stringify(turns)).not.toMatch(/anna/)
  })

  it('remembers the last 200 turns, passes duplicates over, and forgets people', async () => {
    await start()
    for (let n = 0; n < 205; n++) await say('where is it', `test:${n}`)
    await say('where is it', 'test:204', { id: `m${count}` })
    const lines = await get('conversations')
    expect(lines).toHaveLength(200)
    expect((await get('conversation?id=test:204')).turns).toHaveLength(1)
    await bot.forget('p test:204')
    expect(await get('conversation?id=test:204')).toEqual({
      id: 'test:204',
      transcript: [],
      turns: [],
      explains: false,
    })
    expect((await fetch(url('explanation?id=test:204&message=m1'))).status).toBe(404)
    expect(await get('conversations')).toHaveLength(199)
  })

  it('tells the page at once when a turn has ended', async () => {
    await start()
    const { body, headers } = await fetch(url('turns'))
    expect(headers.get('content-type')).toBe('text/event-stream')
    const reader = body?.pipeThrough(new TextDecoderStream()).getReader()
    expect((await reader?.read())?.value).toContain('retry:')
    await say('where is it', 'test:"quoted"')
    expect((await reader?.read())?.value).toBe('data: "test:\\"quoted\\""\n\n')
  })

  it('answers this machine only, under its own names', async () => {
    await start()
    const { port } = new URL(url('/'))
    expect(await Promise.all([status(`localhost:${port}`), status(`127.0.0.1:${port}`)])).toEqual([200, 200])
    for (const host of [
      'evil.example',
      `evil.example:${port}`,
      'localhost.evil.example',
      '127.0.0.1.nip.io',
      '[::1]:x',
    ])
      expect([host, await status(host)]).toEqual([host, 403])
    expect(await status('localhost', 'POST')).toBe(405)
    expect((await fetch(url('/nothing/here'))).status).toBe(404)
    expect((await fetch(url('/page/../server.js'))).status).toBe(404)
    const others = Object.values(networkInterfaces()).flatMap((all) => all?.filter((one) => !one.internal) ?? [])
    for (const { address, family } of others.filter((one) => !one.address.startsWith('fe80'))) {
      const name = family === 'IPv6' ? `[${address}]` : address
      await expect(fetch(`http://${name}:${port}/conversations`)).rejects.toThrow()
    }
  })

  it('lets the page load nothing from elsewhere and run nothing inline', async () => {
    await start()
    const { headers } = await fetch(url('/'))
    const policy = headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toMatch(/unsafe|https?:|\*/)
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin')
  })

  it('says which port is taken, and stops with the bot', async () => {
    await start()
    const port = Number(new URL(url('/')).port)
    const second = createBot({ ...bot.options, inspect: { port } })
    await expect(second.start()).rejects.toMatchObject({
      code: 'channel_failed',
      message: expect.stringContaining(`${port}`),
    })
    const open = await fetch(url('turns'))
    const address = url('conversations')
    await bot.stop()
    await expect(fetch(address)).rejects.toThrow()
    await open.body?.cancel().catch(() => {})
    expect(bot.inspector).toBeUndefined()
  })
})
