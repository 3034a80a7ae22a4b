import type { Channel, ChannelHost, IncomingMessage, LogEvent, Part } from '@colloquy/core'
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
    const { id, conversation, person, channel, text, choice, address } = message
    if (this.ids.has(conversation + id)) return
    this.ids.add(conversation + id)
    const common = (n: number) => ({ id: `${conversation}.${this.events.length}.${n}`, conversation, person, channel })
    this.events.push({
      ...common(0),
      ...{ type: 'customer', at: Date.now(), message: id, text, decision: 'answer' },
      ...(choice !== undefined && { choice }),
    })
    for (const parts of this.script(message)) {
      const event = { ...common(1), type: 'bot' as const, at: Date.now() }
      const said = { id: event.id, parts }
      this.events.push({ ...event, message: said })
      await this.channel?.typing?.(address)
      await this.channel?.send(address, said)
    }
  }

  async history(conversation: string, limit: number): Promise<LogEvent[]> {
    return this.events.filter((event) => event.conversation === conversation).slice(-limit)
  }
}
