import type { Namespace } from 'socket.io'

/** Something that everybody in a room should see; `id` where it can be resumed from. */
export interface Happening {
  event: string
  data: unknown
  id?: string
}

/** What nodes tell each other. */
export interface NodeEvents {
  happened(room: string, what: Happening): void
}

/** Milliseconds between two looks at something that changes all the time. */
const GLANCE = 100

/** Everybody who is in a room, by sockets or otherwise, on this node or another. */
export class Rooms {
  private readonly listeners = new Map<string, Set<(what: Happening) => void>>()
  /** Rooms that have had a glance a moment ago, and what is newer. */
  private readonly glanced = new Map<string, { timer: NodeJS.Timeout; next?: Happening }>()

  constructor(
    private readonly pages: Namespace<object, Record<string, (...data: unknown[]) => void>, NodeEvents>,
    /** Whether there are other nodes. */
    private readonly several: boolean,
  ) {
    if (several) pages.on('happened', (room, what) => this.tell(room, what))
  }

  /** Listens without a socket, until what it returns is called. */
  listen(room: string, listener: (what: Happening) => void): () => void {
    const all = this.listeners.get(room) ?? new Set()
    this.listeners.set(room, all.add(listener))
    return () => {
      all.delete(listener)
      if (all.size === 0) this.listeners.delete(room)
    }
  }

  /**
   * Tells everybody; what was still to be glanced at is out of date then. Nobody may be there.
   *
   * @param except - the socket that knows already.
   */
  emit(room: string, what: Happening, except?: string): void {
    clearTimeout(this.glanced.get(room)?.timer)
    this.glanced.delete(room)
    const { event, data } = what
    const { adapter, sockets } = this.pages
    const all = () => this.pages.to(room)
    if (this.several) (except === undefined ? all() : all().except(except)).emit(event, data)
    // A room of one node is a page or two: what socket.io does for a crowd costs more than the message.
    else for (const id of adapter.rooms.get(room) ?? []) if (id !== except) sockets.get(id)?.emit(event, data)
    this.pass(room, what)
  }

  /** Shows something that replaces itself all the time: not each time, and never to a client that cannot keep up. */
  glance(room: string, what: Happening): void {
    const recent = this.glanced.get(room)
    if (recent) {
      recent.next = what
      return
    }
    const timer = setTimeout(() => {
      const { next } = this.glanced.get(room) ?? {}
      this.glanced.delete(room)
      if (next) this.glance(room, next)
    }, GLANCE)
    this.glanced.set(room, { timer })
    this.pages.to(room).volatile.emit(what.event, what.data)
    this.pass(room, what)
  }

  private pass(room: string, what: Happening): void {
    this.tell(room, what)
    if (this.several) this.pages.serverSideEmit('happened', room, what)
  }

  private tell(room: string, what: Happening): void {
    for (const listener of this.listeners.get(room) ?? []) listener(what)
  }
}
