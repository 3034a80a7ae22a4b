import {
  type Bot,
  ColloquyError,
  createBot,
  type Dialog,
  dialog,
  type IncomingMessage,
  memory,
  type Store,
} from '@colloquy/core'
import { byPattern } from '@colloquy/core/testing'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'

const silent = pino({ level: 'silent' })
const main = (run: Dialog['run']) => dialog({ name: 'main', start: 'start', run })

describe('a commit', () => {
  const message: IncomingMessage = {
    id: 'm1',
    channel: 'test',
    conversation: 'c',
    person: 'p',
    text: 'start',
    address: null,
  }

  it('has one key for all its tries, and a crash after its checkpoint does not do it again', async () => {
    const store = memory()
    const keys: string[] = []
    let dying = true
    const pay = main(async (d) => {
      await d.commit('pay', {}, (_input, once) => void keys.push(once.key))
      await d.step('later', {}, () => {
        if (dying) return new Promise<void>(() => {})
      })
      d.say('Paid.')
    })
    void botWith(store, pay).receive(message)
    await until(() => keys.length > 0)
    await new Promise((resolve) => setTimeout(resolve, 20))
    dying = false
    const sent: string[] = []
    const second = botWith(store, pay, sent)
    await second.start()
    await second.receive(message)
    await second.stop()
    expect(keys).toHaveLength(1)
    expect(sent).toEqual(['Paid.'])
  })

  it('that crashed before its checkpoint is tried again with the same key', async () => {
    const keys: string[] = []
    const inner = memory()
    const store: Store = { ...inner, save: async (commit) => (keys.length === 1 ? fail() : inner.save(commit)) }
    const pay = main(async (d) => {
      await d.commit('pay', {}, (_input, once) => void keys.push(once.key)).catch(() => d.say('never reached'))
      d.say('Paid.')
    })
    const sent: string[] = []
    const bot = botWith(store, pay, sent)
    await bot.start()
    await expect(bot.receive(message)).rejects.toMatchObject({ code: 'store_unavailable' })
    await bot.receive(message)
    await bot.stop()
    expect(keys[1]).toBe(keys[0])
    expect(sent).toEqual(['Paid.'])
  })
})

function fail(): never {
  throw new ColloquyError('store_unavailable', 'The disk is full.')
}

function botWith(store: Store, main: Dialog, sent: string[] = []): Bot {
  return createBot({
    dialogs: [main],
    classifier: byPattern({ start: /start/ }),
    store,
    log: silent,
    channels: [
      {
        name: 'test',
        async start() {},
        async stop() {},
        async send(_address, { parts }) {
          for (const part of parts) if (part.type === 'text') sent.push(part.text)
        },
      },
    ],
  })
}

async function until(reached: () => boolean): Promise<void> {
  while (!reached()) await new Promise((resolve) => setTimeout(resolve, 2))
}
