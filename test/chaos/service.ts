import { createServer, type Server } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from './random.js'

/** What the shop's service was asked to do, and what it did. */
export interface Refunds {
  /** Calls for each idempotency key. */
  calls: Map<string, number>
  /** Keys by order: more than one is an order that was refunded twice. */
  done: Map<string, Set<string>>
}

export function totalOf(order: string): string {
  return `£${Number(order) % 89}`
}

export function referenceOf(order: string, reason: string): string {
  return `R${order}-${reason}`
}

/** The shop's service, which honours idempotency keys. `called` is told the process that asks, before it is answered. */
export async function startService(random: Random, called: (pid: number) => void) {
  const refunds: Refunds = { calls: new Map(), done: new Map() }
  const server: Server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const { order, reason, key, pid } = JSON.parse(Buffer.concat(chunks).toString())
    refunds.calls.set(key, (refunds.calls.get(key) ?? 0) + 1)
    const keys = refunds.done.get(order) ?? new Set()
    refunds.done.set(order, keys.add(key))
    called(pid)
    // Slower than a channel waits, now and then.
    await sleep(random.chance(0.02) ? 2000 : random.between(0, 20))
    response.end(referenceOf(order, reason))
  })
  server.on('clientError', (_, socket) => socket.destroy())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  return {
    url: `http://127.0.0.1:${port}`,
    refunds,
    stop: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
