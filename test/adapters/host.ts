import {
  type Channel,
  type ChannelHost,
  ColloquyError,
  type FileContent,
  type IncomingMessage,
  type Json,
  type LogEvent,
  type Part,
} from '@colloquy/core'
import { pino } from 'pino'

/** What a bot says to a message: one list of parts for each bubble. */
export type Script = (message: IncomingMessage) => Part[][]

/**
 * An engine for adapters to talk to: remembers what it was told, answers by a script, recognises duplicates, and outlives
 * the channels that are started on it.
 */
export class Host implements ChannelHost {
  readonly received: IncomingMessage[] = []
  readonly events: LogEvent[] = []
  readonly warnings: string[] = []
  readonly log = pino({ level: 'warn' }, { write: (line: string) => void this.warnings.push(line) })
  /** Awaited before a message is durable. */
  before: (message: IncomingMessage) => Promise<void> = async () => {}
  private readonly ids = new Set<string>()
  private channel: Channel | undefined

  constructor(private readonly script: Script = ({ text }) => [[{ type: 'text', text: `You said: ${text}` }]]) {}

  async start<C extends Channel>(channel: C): Promise<C> {
    this.channel = channel
    await channel.start(this)
    return channel
  }

  async receive(message: IncomingMessage): Promise<void> {
    this.received.push(message)
    await this.before(message)
    const { id, conversation, person, channel, text, choice, fields, attachments, feedback, address } = message
    if (this.ids.has(conversation + id)) return
    this.ids.add(conversation + id)
    const common = (n: number) => ({
      ...{ id: `${conversation}.${this.events.length}.${n}`, at: Date.now() },
      ...{ conversation, person, channel },
    })
    if (feedback) this.events.push({ ...common(0), type: 'feedback', ...feedback })
    else
      this.events.push({
        ...common(0),
        ...{ type: 'customer', message: id, text, decision: 'answer' },
        ...(choice !== undefined && { choice }),
        ...(fields && { fields }),
        ...(attachments && { attachments }),
      })
    for (const parts of this.script(message)) {
      const event = { ...common(1), type: 'bot' as const }
      const said = { id: event.id, parts }
      this.events.push({ ...event, message: said })
      await this.channel?.typing?.(address)
      await this.channel?.send(address, said)
    }
  }

  async file(url: string): Promise<FileContent> {
    if (url.startsWith('data:')) return { name: 'file', type: 'text/plain', bytes: new Uint8Array() }
    if (!this.channel?.file) throw new ColloquyError('bad_message', `nobody reads ${url}`)
    return this.channel.file(url)
  }

  readonly kept = keptInMemory()

  async history(conversation: string, limit: number): Promise<LogEvent[]> {
    return this.events.filter((event) => event.conversation === conversation).slice(-limit)
  }
}

function keptInMemory(): ChannelHost['kept'] {
  const kept = new Map<string, Json>()
  return {
    get: async (key) => kept.get(key),
    set: async (key, value) => void kept.set(key, value),
    delete: async (key) => void kept.delete(key),
  }
}
