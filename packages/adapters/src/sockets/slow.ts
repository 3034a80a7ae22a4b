import type { Socket } from 'socket.io'
import type { WebSocket } from 'ws'

/** Bytes that a client may leave unread; a single message of any length always goes through. */
const UNREAD = 1024 * 1024

/** Cuts a client that no longer reads, before what waits for it takes up memory. Socket.io has no limit of its own. */
export function cutWhenSlow({ conn }: Socket, cut: () => void): void {
  let waiting = 0
  conn.on('flush', () => {
    waiting = 0
  })
  conn.on('packetCreate', ({ data }: { data?: string | Buffer }) => {
    const { socket } = conn.transport as { socket?: WebSocket }
    if (waiting + (socket?.bufferedAmount ?? 0) > UNREAD) {
      cut()
      // A closing handshake would wait for the client to read.
      socket?.terminate()
      conn.close(true)
    }
    waiting += data?.length ?? 0
  })
}
