import type { ServerResponse } from 'node:http'
import { alarm } from './alarm.js'

/** Milliseconds between two signs of life, without which proxies close a connection. */
const ALIVE = 20_000
/** Bytes that a client may leave unread. */
const UNREAD = 1024 * 1024

/** Server-sent events: a response that goes on. A client that does not read is cut before it takes up memory. */
export class EventStream {
  private readonly alive: NodeJS.Timeout

  constructor(private readonly response: ServerResponse) {
    // Proxies must pass on each event at once.
    const headers = { 'cache-control': 'no-store', 'x-accel-buffering': 'no' }
    response.writeHead(200, { ...headers, 'content-type': 'text/event-stream' })
    response.flushHeaders()
    this.alive = setInterval(() => this.write(':\n\n'), ALIVE)
    response.once('close', () => clearInterval(this.alive))
  }

  send(event: string, data: unknown, id?: string): void {
    this.write(`event: ${event}\n${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(data ?? null)}\n\n`)
  }

  /** Left out where the client has not read what came before. */
  sendIfIdle(event: string, data: unknown): void {
    if (!this.response.writableNeedDrain) this.send(event, data)
  }

  close(): void {
    this.response.end()
  }

  /** Ends it at a time, in milliseconds since 1970. */
  closeAt(time: number): void {
    this.response.once(
      'close',
      alarm(time, () => this.close()),
    )
  }

  private write(text: string): void {
    if (this.response.writableLength > UNREAD) this.response.destroy()
    else this.response.write(text)
  }
}
