import { createConnection, createServer, type Server, type Socket } from 'node:net'

/** A stretch of network between a store and its database, which a test can cut. */
export class Wire {
  private readonly pairs = new Set<[near: Socket, far: Socket]>()
  private server: Server | undefined
  private port = 0
  private left = Number.POSITIVE_INFINITY
  private forward = true

  private constructor(private readonly target: URL) {}

  static async to(url: string): Promise<Wire> {
    const wire = new Wire(new URL(url))
    await wire.mend()
    return wire
  }

  /** The address of the database through this wire. */
  get url(): string {
    const url = new URL(this.target)
    url.hostname = '127.0.0.1'
    url.port = String(this.port)
    return url.href
  }

  /** The ports from which the database sees its clients. */
  get ports(): number[] {
    return [...this.pairs].flatMap(([, far]) => far.localPort ?? [])
  }

  /** Ends all connections; new ones are possible. */
  cut(): void {
    for (const sockets of this.pairs) for (const socket of sockets) socket.destroy()
  }

  /** Cuts when the database is sent its `n`th packet from now on: after it got it, or before. */
  cutAt(n: number, forward: boolean): void {
    this.left = n
    this.forward = forward
  }

  /** Ends all connections and refuses new ones, as a database that is down. */
  async break(): Promise<void> {
    const { server } = this
    this.server = undefined
    const closed = new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)))
    this.cut()
    await closed
  }

  /** Takes connections (again). */
  async mend(): Promise<void> {
    this.server = createServer((near) => this.join(near))
    await new Promise<void>((resolve) => this.server?.listen(this.port, '127.0.0.1', resolve))
    this.port = (this.server.address() as { port: number }).port
  }

  private join(near: Socket): void {
    const far = createConnection(Number(this.target.port), this.target.hostname)
    const pair: [Socket, Socket] = [near, far]
    this.pairs.add(pair)
    for (const socket of pair) {
      socket.setNoDelay(true)
      socket.on('error', () => {})
    }
    far.on('close', () => {
      this.pairs.delete(pair)
      near.destroy()
    })
    // What has been sent arrives, as it does when the client's process is killed.
    near.on('close', () => far.end())
    near.on('data', (packet) => {
      this.left--
      if (this.left > 0 || this.forward) far.write(packet)
      if (this.left <= 0) near.destroy()
    })
    far.on('data', (packet) => near.destroyed || near.write(packet))
  }
}
