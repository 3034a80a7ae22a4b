import type { IncomingMessage, RequestListener, Server } from 'node:http'
import type { Server as SecureServer } from 'node:https'
import type { Duplex } from 'node:stream'
import { ColloquyError, reason } from '@colloquy/core'

/** Makes `inner` listen on a port of its own. */
export async function listen(inner: Server, port: number, host: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    inner.once('error', (error: NodeJS.ErrnoException) => reject(cannotListen(error, port, host)))
    inner.listen(port, host, resolve)
  })
  inner.removeAllListeners('error')
}

function cannotListen(cause: NodeJS.ErrnoException, port: number, host: string): ColloquyError {
  const [what, hint] =
    cause.code === 'EADDRINUSE'
      ? [`Port ${port} is in use.`, `Stop the program that uses it, or choose another: web({ port: ${port + 1} }).`]
      : [`Cannot listen on ${host}:${port}: ${reason(cause)}.`, 'Check the port and host options of web().']
  return new ColloquyError('channel_failed', what, hint, { cause })
}

/**
 * Hands what is under `base` on `outer` to `inner`, which does not listen itself; everything else stays with the
 * listeners that `outer` already has. Returns how to undo it.
 */
export function mount(inner: Server, outer: Server | SecureServer, base: string): () => void {
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
