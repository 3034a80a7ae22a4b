import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Bot, BotOptions, Channel, ChannelHost, IncomingMessage } from '@colloquy/core'
import { sqlite } from '@colloquy/core/store/sqlite'
import { vi } from 'vitest'
import type { Remote, RemoteModule, Seen } from './remote.js'
import { shopBot } from './shop.js'

/** A slow machine is no failure, in milliseconds. */
export const PATIENCE = { timeout: 25_000, interval: 20 }

/** One test's bot on one remote, over a database that outlives it. */
export class Talk {
  remote!: Remote
  bot: Bot | undefined
  host!: ChannelHost
  /** What the adapter has handed to the engine. */
  received: IncomingMessage[] = []
  /** Lets slow steps go on. */
  release: () => void = () => {}
  private readonly folder = mkdtempSync(join(tmpdir(), 'colloquy-'))
  private gate = Promise.resolve()
  private tests = 0

  constructor(private readonly module: RemoteModule) {}

  /** A new test: a service where nobody has written yet, and an empty database. */
  async begin(): Promise<void> {
    this.tests++
    this.received = []
    this.remote = await this.module.start()
  }

  /** Starts a bot, or another one after `bot.stop()`. */
  async start(options: Partial<BotOptions> = {}, others: Channel[] = []): Promise<Bot> {
    const channel = this.listenIn(this.module.connect(this.remote.options))
    const given = { store: sqlite(this.database), channels: [channel, ...others], ...options }
    this.bot = shopBot(given, () => this.gate)
    await this.bot.start()
    return this.bot
  }

  async end(): Promise<void> {
    this.release()
    await this.bot?.stop()
    this.bot = undefined
    await this.remote.stop()
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }

  get database(): string {
    return join(this.folder, `${this.tests}.db`)
  }

  /** Slow steps wait from now on. */
  hold(): void {
    this.gate = new Promise((resolve) => {
      this.release = resolve
    })
  }

  /** Waits for the last message with a text, and gives it. */
  sees(text: string, where: 'customer' | 'room' = 'customer'): Promise<Seen> {
    return vi.waitFor(async () => {
      const all = await this.remote.seen(where)
      const found = all.filter((one) => one.text.includes(text)).at(-1)
      if (found) return found
      throw new Error(`nobody sees "${text}" among ${JSON.stringify(all.map((one) => one.text.slice(0, 200)))}`)
    }, PATIENCE)
  }

  /** How many messages have a text, once all that was written before has had its answer. */
  async count(text: string): Promise<number> {
    await this.remote.write('Where is it?')
    await this.sees('It arrives on Friday.')
    const all = await this.remote.seen()
    return all.filter((one) => one.text.includes(text)).length
  }

  private listenIn(channel: Channel): Channel {
    const start = channel.start.bind(channel)
    channel.start = (host) => {
      this.host = host
      const receive = (message: IncomingMessage) => {
        this.received.push(message)
        return host.receive(message)
      }
      return start({ ...host, receive })
    }
    return channel
  }
}
