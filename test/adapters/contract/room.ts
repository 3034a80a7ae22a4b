import type { Channel, ChannelHost, IncomingMessage, OutgoingMessage, Thread } from '@colloquy/core'

/** A channel that is a plain object: customers and agents are its methods. The other end of every handoff in the contract. */
export class Room implements Channel {
  readonly name = 'desk'
  readonly threads: string[] = []
  /** What stands in each thread or conversation. */
  readonly shown: (OutgoingMessage & { address: unknown })[] = []
  host!: ChannelHost
  private written = 0

  async start(host: ChannelHost): Promise<void> {
    this.host = host
  }

  async send(address: unknown, message: OutgoingMessage): Promise<void> {
    if (!this.shown.some(({ id }) => id === message.id)) this.shown.push({ ...message, address })
  }

  async openThread(_room: unknown, message: OutgoingMessage): Promise<Thread> {
    const conversation = `desk:thread${this.threads.push(message.id)}`
    await this.send(conversation, message)
    return { conversation, address: conversation }
  }

  /** Somebody writes in a thread, or a customer in a conversation. */
  write(conversation: string, text: string, more: Partial<IncomingMessage> = {}): Promise<void> {
    const id = `d${++this.written}`
    const person = `desk:${more.name ?? 'anna'}`
    return this.host.receive({ id, channel: 'desk', conversation, person, text, address: conversation, ...more })
  }

  async stop(): Promise<void> {}
}
