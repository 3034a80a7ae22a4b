import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type Bot,
  type BotOptions,
  type Channel,
  type ChannelHost,
  createBot,
  type Desk,
  dialog,
  fileSink,
  type IncomingMessage,
  memory,
  slot,
} from '@colloquy/core'
import { sqlite } from '@colloquy/core/store/sqlite'
import { byPattern } from '@colloquy/core/testing'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'

const hello = dialog({
  name: 'hello',
  start: 'subscribe',
  slots: { name: slot.text({ ask: 'What is your name?', remember: true }) },
  run: async (d) => d.say(`Hello, ${await d.ask('name')}.`),
})

function setUp(more: Partial<BotOptions> = {}) {
  const said: string[] = []
  const channel = (name: string) => ({
    name,
    async start() {},
    async stop() {},
    async send(_address: unknown, { parts }: { parts: { type: string }[] }) {
      for (const part of parts) if ('text' in part) said.push(`${name}: ${part.text}`)
    },
  })
  const bot: Bot = createBot({
    dialogs: [hello],
    classifier: byPattern({ subscribe: /subscribe/ }),
    store: memory(),
    channels: [channel('web'), channel('slack')],
    log: pino({ level: 'silent' }),
    ...more,
  })
  let count = 0
  const write = (person: string, text: string) => {
    const channel = person.split(':')[0] ?? ''
    const message: IncomingMessage = {
      id: `m${++count}`,
      channel,
      conversation: `${person}/1`,
      person,
      text,
      address: null,
    }
    return bot.receive(message)
  }
  return { bot, said, write }
}

async function until(reached: () => boolean): Promise<void> {
  while (!reached()) await new Promise((resolve) => setTimeout(resolve, 5))
}

describe('a bot', () => {
  it('says something of its own accord, now and at its time, where the person last wrote from', async () => {
    let clock = 1_000_000
    const { bot, said, write } = setUp({ now: () => clock })
    await bot.start()
    await write('web:anna', 'subscribe me')
    await bot.say('web:anna/1', 'Your card is on its way.')
    await bot.say('web:anna/1', 'Your card has arrived.', { at: clock + 60_000 })
    await until(() => said.length === 2)
    clock += 60_001
    await until(() => said.length === 3)
    await bot.stop()
    expect(said.slice(1)).toEqual(['web: Your card is on its way.', 'web: Your card has arrived.'])
  })

  it('relays a conversation that was handed over to the desk, and what the desk says to the customer', async () => {
    const relayed: string[] = []
    let down = true
    const desk: Desk = {
      async relay({ reason, parts }) {
        if (down) throw new Error('the desk is closed')
        relayed.push(reason ?? JSON.stringify(parts))
      },
    }
    const { bot, said, write } = setUp({ desk })
    await bot.start()
    await write('web:anna', 'human')
    await write('web:anna', 'My cat ate my card.')
    down = false
    await until(() => relayed.length === 2)
    await bot.say('web:anna/1', 'Poor cat.', { from: 'Mia' })
    await bot.takeBack('web:anna/1')
    await write('web:anna', 'thanks')
    await until(() => said.length >= 4)
    await bot.stop()
    expect(relayed).toEqual([
      'asked for a person',
      JSON.stringify([{ type: 'text', text: 'My cat ate my card.' }]),
      expect.stringContaining('The bot has this conversation again'),
    ])
    expect(said.slice(-3)).toEqual([
      'web: Poor cat.',
      expect.stringContaining('I am back'),
      expect.stringContaining('welcome'),
    ])
  })

  it('goes on where a sink of its log fails', async () => {
    const { bot, said, write } = setUp({ sinks: [{ write: () => Promise.reject(new Error('full')) }] })
    await bot.start()
    await write('web:anna', 'subscribe')
    await write('web:anna', 'Anna')
    await bot.stop()
    expect(said.at(-1)).toBe('web: Hello, Anna.')
  })

  it('refuses to speak where nobody has written', async () => {
    const { bot } = setUp()
    await expect(bot.say('web:nobody/1', 'Hello?')).rejects.toMatchObject({ code: 'bad_message' })
  })

  it('knows a person on another channel only once they are linked', async () => {
    const { bot, said, write } = setUp()
    await bot.start()
    await write('web:anna', 'subscribe')
    await write('web:anna', 'Anna')
    await write('slack:u1', 'subscribe')
    await write('slack:u1', 'cancel')
    await bot.link('web:anna', 'slack:u1')
    await bot.link('slack:u1', 'web:anna')
    await write('slack:u1', 'subscribe')
    await until(() => said.includes('slack: Hello, Anna.'))
    await bot.stop()
    expect(said.filter((one) => one.startsWith('slack'))).toEqual([
      'slack: What is your name?',
      expect.stringContaining('cancelled'),
      'slack: Hello, Anna.',
    ])
  })

  it('forgets what a channel has noted about a person, too', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'colloquy-kept-'))
    const noting = (): Channel & { host?: ChannelHost } => ({
      name: 'web',
      async start(host) {
        this.host = host
      },
      async stop() {},
      async send() {},
      async forget(people) {
        for (const person of people) await this.host?.kept.delete(`seen ${person}`)
      },
    })
    const raw = () =>
      readdirSync(folder)
        .map((name) => readFileSync(join(folder, name), 'latin1'))
        .join()
    const channel = noting()
    const { bot } = setUp({ store: sqlite(join(folder, 'bot.db')), channels: [channel] })
    await bot.start()
    await channel.host?.kept.set('seen web:anna', { files: ['Zauberwort.pdf'] })
    await channel.host?.kept.set('installed', 'Wolke')
    expect(await channel.host?.kept.get('seen web:anna')).toEqual({ files: ['Zauberwort.pdf'] })
    expect(raw()).toContain('Zauberwort')
    await bot.forget('web:anna')
    expect(await channel.host?.kept.get('seen web:anna')).toBeUndefined()
    await bot.stop()
    expect(raw()).not.toMatch(/web:anna|Zauberwort/)
    expect(raw()).toContain('Wolke')
    rmSync(folder, { recursive: true })
  })

  it('exports a person whole and forgets them without a trace in the database file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'colloquy-people-'))
    const { bot, write } = setUp({
      store: sqlite(join(folder, 'bot.db')),
      sinks: [fileSink(join(folder, 'log.jsonl'))],
    })
    const raw = () =>
      readdirSync(folder)
        .map((name) => readFileSync(join(folder, name), 'latin1'))
        .join()
    await bot.start()
    await write('web:anna', 'subscribe')
    await write('web:anna', 'Annegret Musterfrau')
    await write('web:bert', 'subscribe')
    await bot.link('web:anna', 'slack:u1')
    const file = join(folder, 'log.jsonl')
    await until(() => existsSync(file) && readFileSync(file, 'utf8').includes('Annegret'))
    expect(raw()).toContain('Annegret')
    const kept = await bot.export('slack:u1')
    expect(kept.profiles.map((one) => one.person).sort()).toEqual(['slack:u1', 'web:anna'])
    expect(JSON.stringify(kept.events)).toContain('Annegret')
    expect(kept.conversations).toHaveLength(1)
    await bot.forget('slack:u1')
    expect(raw()).not.toMatch(/Annegret|web:anna|slack:u1/)
    await bot.stop()
    expect(raw()).not.toMatch(/Annegret|web:anna|slack:u1/)
    expect(raw()).toContain('web:bert')
    rmSync(folder, { recursive: true })
    expect(existsSync(folder)).toBe(false)
  })
})
