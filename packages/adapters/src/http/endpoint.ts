import type { IncomingMessage, RequestListener, Server } from 'node:http'
import type { Server as SecureServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { ColloquyError, reason } from '@colloquy/core'

/** Where a channel is reached over HTTP. */
export interface EndpointOptions {
  /** Default 3000; 0 takes any free one. */
  port?: number
  /** Default `127.0.0.1`: this machine only. In a container or behind a proxy elsewhere, `0.0.0.0`. */
  host?: string
  /** A server of yours that the channel joins instead of listening on a port of its own. You start and stop it. */
  server?: Server | SecureServer
}

/** Where an endpoint is, until it is closed. */
export interface Endpoint {
  /** With a slash at its end; an empty string until the server listens. */
  url(): string
  /** Stops listening, and ends what is still connected. */
  close(): void
}

/**
 * Makes what `inner` serves under `base`, which begins and ends in a slash, reachable: on a port of its own, or as a part
 * of the user's server.
 *
 * @throws {@link ColloquyError} `channel_failed` where the port cannot be listened on.
 */
export async function open(inner: Server, base: string, options: EndpointOptions = {}): Promise<Endpoint> {
  const { port = 3000, host = '127.0.0.1', server: outer } = options
  const connections = new Set<Socket>()
  inner.on('connection', (socket) => {
    connections.add(socket)
    socket.once('close', () => connections.delete(socket))
  })
  const unmount = outer ? mount(inner, outer, base) : await listen(inner, port, host)
  return {
    url() {
      const address = (outer ?? inner).address() as AddressInfo | null
      const scheme = outer && 'setSecureContext' in outer ? 'https' : 'http'
      return address ? `${scheme}://${readable(address)}:${address.port}${base}` : ''
    },
    close() {
      unmount?.()
      inner.close()
      for (const connection of connections) connection.destroy()
    },
  }
}

async function listen(inner: Server, port: number, host: string): Promise<undefined> {
  await new Promise<void>((resolve, reject) => {
    inner.once('error', (error: NodeJS.ErrnoException) => reject(cannotListen(error, port, host)))
    inner.listen(port, host, resolve)
  })
  inner.removeAllListeners('error')
}

function cannotListen(cause: NodeJS.ErrnoException, port: number, host: string): ColloquyError {
  const [what, hint] =
    cause.code === 'EADDRINUSE'
      ? [`Port ${port} is in use.`, `Stop the program that uses it, or choose another: { port: ${port + 1} }.`]
      : [`Cannot listen on ${host}:${port}: ${reason(cause)}.`, 'Check the port and host options of the channel.']
  return new ColloquyError('channel_failed', what, hint, { cause })
}

/**
 * Hands what is under `base` on `outer` to `inner`, which does not listen itself; everything else stays with the
 * listeners that `outer` already has. Returns how to undo it.
 */
function mount(inner: Server, outer: Server | SecureServer, base: string): () => void {
  const ours = (url = '') => url.startsWith(base) || url.split('?', 1)[0] === base.slice(0, -1)
  const theirs = outer.listeners('request') as RequestListener[]
  const request: RequestListener = (req, res) => {
    if (ours(req.url)) inner.emit('request', req, res)
    else for (const listener of theirs) listener.call(outer, req, res)
  }
  const upgrade = (req: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (ours(req.url)) inner.emit('upgrade', req, socket, head)
    else if (outer.listenerCount('upgrade') === 1) socket.destroy()
  }
  outer.removeAllListeners('request').on('request', request).on('upgrade', upgrade)
  return () => {
    outer.off('request', request).off('upgrade', upgrade)
    for (const listener of theirs) outer.on('request', listener)
  }
}

function readable({ address, family }: AddressInfo): string {
  if (address === '0.0.0.0' || address === '::') return 'localhost'
  return family === 'IPv6' ? `[${address}]` : address
}
