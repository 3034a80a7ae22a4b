import { io, type Socket } from 'socket.io-client'
import type { Answer, Draft, Rating } from '../../packages/adapters/dist/web/protocol.js'
import type { RemoteModule } from './contract/remote.js'
import { Customer, connectWeb, FEATURES, type Heard, type Link, signToken } from './web-customer.js'

/** A person with an identity token, on a socket of socket.io's own client. */
class Sockets implements Link {
  private readonly socket: Socket
  private readonly token = signToken({ sub: 'anna', name: 'Anna Keller' })
  private online = false

  constructor(
    private readonly url: string,
    heard: Heard,
  ) {
    const waits = { reconnectionDelay: 20, reconnectionDelayMax: 100 }
    this.socket = io(url, { ...waits, forceNew: true, transports: ['websocket'], auth: { token: this.token } })
    this.socket.on('connect', () => {
      this.online = this.socket.recovered
    })
    this.socket.on('disconnect', () => {
      this.online = false
    })
    this.socket.on('welcome', heard.welcome)
    this.socket.on('history', (entries) => {
      this.online = true
      heard.history(entries)
    })
    this.socket.on('message', heard.message)
    this.socket.on('typing', heard.typing)
  }

  async send(draft: Draft | Rating): Promise<Answer> {
    if (!this.socket.connected) throw new Error('There is no connection.')
    return this.socket.timeout(30_000).emitWithAck('message', draft)
  }

  bearer(): string {
    return this.token
  }

  async ready(): Promise<void> {
    while (!this.online) await new Promise((resolve) => setTimeout(resolve, 10))
  }

  drop(): void {
    this.socket.io.engine.close()
  }

  close(): void {
    this.socket.disconnect()
  }

  forge(what: 'signature' | 'malformed'): Promise<number | 'closed'> {
    const signed = what === 'malformed'
    const token = signed ? this.token : signToken({ sub: 'anna' }, { secret: 'somebody else’s secret, just as long' })
    const socket = io(this.url, { forceNew: true, transports: ['websocket'], reconnection: false, auth: { token } })
    return new Promise((resolve) => {
      socket.on('connect_error', ({ data }: Error & { data?: { code?: string } }) => {
        socket.disconnect()
        resolve(data?.code === 'token' ? 401 : 500)
      })
      socket.on('disconnect', () => resolve('closed'))
      socket.on('connect', () => {
        socket.emit('message', { id: ['1'], text: { toString: 'x' } })
        socket.io.engine.write('2["message",{"id":'.repeat(100))
      })
    })
  }
}

export const remote: RemoteModule = {
  place: import.meta.url,
  name: 'web sockets',
  channel: 'web',
  longest: Number.MAX_SAFE_INTEGER,
  has: FEATURES,
  start: () => Customer.start((url, heard) => new Sockets(url, heard)),
  connect: connectWeb,
}
