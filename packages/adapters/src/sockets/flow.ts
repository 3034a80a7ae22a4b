import type { Socket as Connection } from 'node:net'
import type { Socket } from 'socket.io'
import type { WebSocket } from 'ws'

/** Bytes that a client may leave unread; a single message of any length always goes through. */
const UNREAD = 1024 * 1024

/** What socket.io does not show of a connection: only of web sockets is there a `socket`. */
interface Conn {
  readonly transport: { writable: boolean; socket?: WebSocket & { _socket?: Connection } }
  on(event: 'flush', listener: () => void): void
  on(event: 'packetCreate', listener: (packet: { data?: string | Buffer }) => void): void
  flush(): void
  close(discard: boolean): void
}

/**
 * How packets flow to a client. Those of one moment, such as an acknowledgement and an answer, leave in one write. A client
 * that no longer reads is cut before what waits for it takes up memory: socket.io has no limit of its own.
 */
export function flow(socket: Socket, cut: () => void): void {
  const conn = socket.conn as unknown as Conn
  let held: Conn['transport'] | undefined
  let waiting = 0

  function release(): void {
    const transport = held
    held = undefined
    if (!transport) return
    const connection = transport.socket?._socket
    connection?.cork()
    transport.writable = true
    conn.flush()
    connection?.uncork()
  }

  conn.on('flush', () => {
    waiting = 0
  })
  conn.on('packetCreate', ({ data }) => {
    const { transport } = conn
    if (waiting + (transport.socket?.bufferedAmount ?? 0) > UNREAD) {
      cut()
      // A closing handshake would wait for the client to read.
      transport.socket?.terminate()
      conn.close(true)
    }
    waiting += data?.length ?? 0
    if (held || !transport.socket || !transport.writable) return
    held = transport
    transport.writable = false
    setImmediate(release)
  })
}
