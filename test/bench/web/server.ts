import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { web } from '@colloquy/adapters/web'
import { createBot, dialog, memory } from '@colloquy/core'
import { byPattern } from '@colloquy/core/testing'
import { pino } from 'pino'
import { Server } from 'socket.io'

// One of three servers in a process of its own: `server.ts colloquy`, `echo` or `ack`. Asked for 'bytes' or 'cpu', it tells.

/** What a child tells: bytes of its heap once garbage is gone, and seconds of processor time that it has used. */
export type Told = { url: string } | { bytes: number } | { cpu: number }

function tell(told: Told): void {
  process.send?.(told)
}

/**
 * Socket.io and nothing else. `echo` speaks as the channel does: each message is acknowledged, and comes back as a message.
 * `ack` only acknowledges, with the message.
 */
async function bare(speaks: string): Promise<string> {
  const server = createServer()
  const io = new Server(server, { serveClient: false })
  io.on('connection', (socket) => {
    socket.on('message', (draft, acknowledge) => {
      acknowledge(speaks === 'ack' ? draft : { ok: true })
      if (speaks === 'echo') socket.emit('message', { from: 'bot', ...draft, at: Date.now() })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

/** The whole engine: each message has a turn, which opens a dialog, answers, is logged and saved. */
async function colloquy(): Promise<string> {
  const page = web({ port: 0, rate: Number.POSITIVE_INFINITY })
  const hours = dialog({ name: 'hours', start: 'hours', run: (d) => d.say('We are *open* until nine.') })
  const log = pino({ level: 'warn' }, pino.destination(2))
  await createBot({
    dialogs: [hours],
    classifier: byPattern({ hours: /open/ }),
    store: memory(),
    channels: [page],
    log,
  }).start()
  return page.url
}

const [speaks = 'colloquy'] = process.argv.slice(2)
process.on('message', (what: 'bytes' | 'cpu') => {
  if (what === 'bytes') globalThis.gc?.()
  const { heapUsed, external } = process.memoryUsage()
  const { user, system } = process.cpuUsage()
  tell(what === 'bytes' ? { bytes: heapUsed + external } : { cpu: (user + system) / 1e6 })
})
process.once('disconnect', () => process.exit())
tell({ url: await (speaks === 'colloquy' ? colloquy() : bare(speaks)) })
