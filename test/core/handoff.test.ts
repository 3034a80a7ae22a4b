import type { Channel } from '@colloquy/core'
import { describe, expect, it } from 'vitest'
import { Room, running, setUp } from './desk.js'

describe('a conversation that is handed over to a room of another channel', () => {
  it('appears as a thread with who, where, why, what about and what was said, personal values masked', async () => {
    const { bot, customer, read, slack } = setUp()
    await running(bot, async () => {
      await customer('I want a refund', { name: 'Anna' })
      await customer('anna@example.com')
      await customer('human')
      await expect.poll(read).toHaveLength(1)
    })
    expect(read()[0]).toBe(
      [
        '**Anna** (phone) needs a person: asked for a person. It was about: refund.',
        '',
        '> Customer: I want a refund',
        '> Bot: Which email?',
        '> Customer: [email]',
        '> Bot: What happened?',
        '> Customer: human',
        '> Bot: I am passing you on to a colleague, who will answer here. Type "bot" to come back to me.',
        '[Give back to the bot]',
      ].join('\n'),
    )
    expect(slack.threads).toBe(1)
  })

  it('is read and answered there: words, files and names go both ways, and the bot is silent', async () => {
    const { bot, customer, agent, heard, read, phone, slack } = setUp()
    const photo = { name: 'card.png', type: 'image/png', url: 'phone:1' }
    const form = { name: 'form.pdf', type: 'application/pdf', url: 'slack:F1' }
    await running(bot, async () => {
      await customer('human')
      await customer('refund, it looks like this', { attachments: [photo] })
      await agent('Poor Anna.')
      await agent('Please sign.', { attachments: [form], name: 'Bo' })
      await customer('Done.')
      await expect.poll(read).toHaveLength(3)
      await expect.poll(heard).toHaveLength(3)
    })
    expect(heard().slice(1)).toEqual(['Mia: Poor Anna.', 'Bo: Please sign.\nform.pdf'])
    expect(read().slice(1)).toEqual(['refund, it looks like this\ncard.png', 'Done.'])
    expect(slack.parts()).toContainEqual({ type: 'image', url: 'phone:1', alt: 'card.png' })
    expect(phone.parts()).toContainEqual({ type: 'file', url: 'slack:F1', name: 'form.pdf' })
    expect(slack.shown.at(-1)?.address, 'where the agent was heard last').toMatchObject({ ts: expect.any(Number) })
  })

  it.each([
    ['typed', { text: ' /done ' }],
    ['pressed', { text: 'Give back to the bot', choice: '/done' }],
  ])('comes back to the bot when /done is %s, and both sides are told', async (_how, done) => {
    const { bot, customer, agent, heard, read } = setUp()
    await running(bot, async () => {
      await customer('human')
      await agent('All is well.')
      await agent('', done)
      await customer('refund')
      await expect.poll(heard).toHaveLength(4)
      await expect.poll(read).toHaveLength(2)
    })
    expect(heard().slice(1)).toEqual(['Mia: All is well.', 'I am back. How can I help you?', 'Which email?'])
    expect(read()[1]).toContain('The bot has this conversation again.')
  })

  it('is taken over once more by whoever writes in the thread later, and the same thread serves a second handover', async () => {
    const { bot, customer, agent, heard, read, slack } = setUp()
    await running(bot, async () => {
      await customer('human')
      await agent('/done')
      await agent('One more thing.')
      await customer('Yes?')
      await agent('/done')
      await customer('human')
      await expect.poll(read).toHaveLength(5)
    })
    expect(heard().slice(2, 4)).toEqual(['Mia: One more thing.', 'I am back. How can I help you?'])
    expect(read()[2]).toBe('Yes?')
    expect(read()[4]).toContain('needs a person')
    expect(slack.threads).toBe(1)
  })

  it('comes back when nobody answers in time, and the customer is told so; after an answer silence is no apology', async () => {
    let clock = Date.now()
    const { bot, customer, agent, heard, read } = setUp({ now: () => clock, handoffMinutes: 5 })
    await running(bot, async () => {
      await customer('human')
      clock += 6 * 60_000
      await expect.poll(heard, { timeout: 10_000 }).toHaveLength(2)
      expect(heard()[1]).toContain('no colleague was free in time')
      await customer('human')
      await agent('Here I am.')
      clock += 6 * 60_000
      await expect.poll(heard, { timeout: 10_000 }).toHaveLength(5)
      await expect.poll(read).toHaveLength(4)
    })
    expect(heard().slice(3)).toEqual(['Mia: Here I am.', 'I am back. How can I help you?'])
  })

  it('comes back with the customer’s own message, where that is the first to come after the time', async () => {
    let clock = Date.now()
    const { bot, customer, heard, read } = setUp({ now: () => clock, handoffMinutes: 5 })
    await running(bot, async () => {
      await customer('human')
      // Not a moment for the sweep in between.
      clock += 6 * 60_000
      await customer('refund')
      await expect.poll(heard).toHaveLength(3)
      await expect.poll(read).toHaveLength(2)
    })
    expect(heard().slice(1)).toEqual([expect.stringContaining('no colleague was free'), 'Which email?'])
  })

  it('has a thread of its own for each customer', async () => {
    const { bot, customer, agent, heard, read, phone } = setUp()
    const bert = { conversation: 'phone:bert', person: 'phone:bert', address: { to: 'bert' } }
    await running(bot, async () => {
      await customer('human')
      await expect.poll(read).toHaveLength(1)
      await customer('human', bert)
      await expect.poll(() => read(2)).toHaveLength(1)
      await customer('I am Bert.', bert)
      await agent('Hello Anna.')
      await agent('Hello Bert.', {}, 2)
      await expect.poll(() => phone.at({ to: 'bert' })).toHaveLength(2)
      await expect.poll(() => read(2)).toHaveLength(2)
    })
    expect(heard().slice(1)).toEqual(['Mia: Hello Anna.'])
    expect(phone.at({ to: 'bert' }).slice(1)).toEqual(['Mia: Hello Bert.'])
    expect(read(2)[1]).toBe('I am Bert.')
  })

  it('is handed over within one channel just as well', async () => {
    const slack = new Room('slack')
    const { bot, customer, agent, heard, read } = setUp({}, slack, slack)
    const self = { channel: 'slack', conversation: 'slack:D1', person: 'slack:U2' }
    await running(bot, async () => {
      await customer('human', self)
      await agent('Hello.')
      await customer('Hi Mia.', self)
      await expect.poll(read).toHaveLength(2)
      await expect.poll(heard).toHaveLength(2)
    })
    expect(heard()[1]).toBe('Mia: Hello.')
    expect(read()[1]).toBe('Hi Mia.')
  })

  it('is no business of the bot’s where people talk in threads that it has not opened', async () => {
    const { bot, agent, slack, phone } = setUp()
    await running(bot, () => agent('Lunch?', {}, 7))
    expect([...slack.shown, ...phone.shown]).toEqual([])
  })
})

describe('a desk', () => {
  it('reads its own language, whatever the customer speaks', async () => {
    const { bot, customer, agent, heard, read } = setUp({ desk: { channel: 'slack', room: 'C1', locale: 'zh' } })
    await running(bot, async () => {
      await customer('human')
      await agent('/done')
      await expect.poll(read).toHaveLength(2)
      await expect.poll(heard).toHaveLength(2)
    })
    expect(read()).toEqual([expect.stringContaining('需要人工'), expect.stringContaining('机器人已重新接手')])
    expect(heard()[1]).toContain('I am back')
  })

  it('on a channel that the bot has not, or that has no threads, is refused at once', () => {
    expect(() => setUp({ desk: { channel: 'fax', room: '1' } })).toThrow(/none of the bot's channels/)
    const mute: Channel = { name: 'mute', async start() {}, async stop() {}, async send() {} }
    expect(() => setUp({ channels: [mute], desk: { channel: 'mute', room: '1' } })).toThrow(/has no threads/)
  })
})
