import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileSink, memory } from '@colloquy/core'
import { sqlite } from '@colloquy/core/store/sqlite'
import { describe, expect, it } from 'vitest'
import { Room, running, setUp } from './desk.js'

describe('a conversation that is handed over', () => {
  it('shows each message once, however often the services deliver it', async () => {
    const { bot, message, written, heard, read } = setUp()
    await running(bot, async () => {
      const said = [message({ text: 'human' }), message({ text: 'Hello?' }), written('Hello.'), written('/done')]
      for (const one of said) for (let times = 0; times < 3; times++) await bot.receive(one)
      await Promise.all([...said, ...said].map((one) => bot.receive(one)))
      await expect.poll(read).toHaveLength(3)
    })
    expect(heard().slice(1)).toEqual(['Mia: Hello.', 'I am back. How can I help you?'])
    expect(read().slice(1)).toEqual(['Hello?', expect.stringContaining('again')])
  })

  it('goes on after a restart, wherever that comes: nothing is lost, and nothing is said twice', async () => {
    const store = memory()
    const [phone, slack] = [new Room('phone'), new Room('slack')]
    const first = setUp({ store }, phone, slack)
    slack.down = true
    await running(first.bot, async () => {
      await first.customer('human')
      await first.customer('Anybody?')
      await expect.poll(first.heard).toHaveLength(1)
    })
    // The customer has heard it; a channel that cannot tell a repeated id must not be asked to say it again.
    const [heard] = phone.shown.splice(0)
    expect(heard?.message.parts).toHaveLength(1)
    slack.down = false
    const second = setUp({ store, now: () => Date.now() + 10_000 }, phone, slack)
    await running(second.bot, () =>
      expect
        .poll(second.read, { timeout: 15_000 })
        .toHaveLength(2)
        .then(() => {}),
    )
    expect(phone.shown).toEqual([])
    const third = setUp({ store }, phone, slack)
    await running(third.bot, async () => {
      await third.agent('Here I am.', { id: 'a1' })
      await third.agent('Here I am.', { id: 'a1' })
      await third.customer('Finally.', { id: 'c1' })
      await expect.poll(third.read).toHaveLength(3)
    })
    expect(third.heard()).toEqual(['Mia: Here I am.'])
    expect(third.read()[2]).toBe('Finally.')
    expect(slack.threads).toBe(1)
  })

  it('says once what an agent has written, also where the process dies between the customer’s half and the thread’s', async () => {
    const store = memory()
    const { bot, customer, written, heard } = setUp({ store })
    const save = store.save.bind(store)
    let dies = false
    store.save = async (commit) => {
      if (dies && commit.document.id === 'slack:thread1') throw new Error('killed')
      return save(commit)
    }
    await running(bot, async () => {
      await customer('human')
      await expect.poll(async () => (await store.load('desk:phone:anna'))?.version).toBe(1)
      dies = true
      const hello = written('Hello.')
      await expect(bot.receive(hello)).rejects.toThrow('killed')
      dies = false
      await bot.receive(hello)
      await expect.poll(heard).toHaveLength(2)
      await customer('Hi.')
    })
    expect(heard()).toEqual([expect.stringContaining('passing you on'), 'Mia: Hello.'])
  })

  it('is forgotten with its thread: nothing of the person is left, and what is written there reaches nobody', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'colloquy-handoff-'))
    const store = sqlite(join(folder, 'bot.db'))
    const { bot, customer, agent, heard, read } = setUp({ store, sinks: [fileSink(join(folder, 'log.jsonl'))] })
    const raw = () =>
      readdirSync(folder)
        .map((name) => readFileSync(join(folder, name), 'latin1'))
        .join()
    await running(bot, async () => {
      await customer('human', { name: 'Annegret' })
      await customer('Zauberwort')
      await agent('Abrakadabra')
      await expect.poll(read).toHaveLength(2)
      await expect.poll(raw).toMatch(/Zauberwort[\s\S]*Abrakadabra/)
      expect((await bot.export('phone:anna')).conversations.map(({ id }) => id).sort()).toEqual([
        'desk:phone:anna',
        'phone:anna',
        'slack:thread1',
      ])
      await bot.forget('phone:anna')
      expect(raw()).not.toMatch(/Annegret|phone:anna|thread1|Zauberwort|Abrakadabra/)
      await agent('Anna?')
      expect(heard()).toHaveLength(2)
    })
    expect(raw()).not.toMatch(/Annegret|phone:anna|thread1|Zauberwort|Abrakadabra|Anna\?/)
    rmSync(folder, { recursive: true })
  })

  it('tells whoever writes in the thread of a conversation that is no longer kept', async () => {
    const store = memory()
    const { bot, customer, agent, read } = setUp({ store })
    await running(bot, async () => {
      await customer('human')
      await expect.poll(async () => (await store.load('desk:phone:anna'))?.version).toBe(1)
      const thread = await store.load('slack:thread1')
      await store.forget(['phone:anna'])
      if (thread) await store.save({ document: thread.document, expected: 0, events: [] })
      await agent('Anna?')
      await expect.poll(read).toHaveLength(2)
    })
    expect(read()[1]).toContain('no longer kept')
  })
})
