import { type Channel, ColloquyError, type Json, type Part } from '@colloquy/core'
import type { UploadOptions } from '../files/folder.js'
import type { EndpointOptions } from '../http/endpoint.js'
import type { Identity } from '../http/identity.js'
import type { Chat } from './chat.js'
import { type Served, serve } from './serve.js'
import { roomOfPerson } from './visitor.js'

/** The options of {@link web}. */
export interface WebOptions extends EndpointOptions {
  /** What the page calls the bot (`Support`). */
  title?: string
  /** Shown first in every conversation: Markdown, or parts such as a text and choices. */
  greeting?: string | Part[]
  /**
   * The other sites that may embed the chat, such as `https://www.bank.example`; `*` for any (none). Behind a proxy that
   * changes the `Host` header, the public address of the chat itself belongs here too.
   */
  origins?: string[]
  /** Where the chat lives on the server (`/`, or `/colloquy` on a server of yours). */
  path?: string
  /** How people prove who they are; without it everybody is a stranger who has a conversation's secret. */
  identity?: Identity
  /** What files people may send; `false` for none. */
  uploads?: UploadOptions | false
  /** How many messages and files one conversation may send within ten seconds (20). */
  rate?: number
  /** Ties several nodes together that share a store, such as `redis://localhost:6379`. */
  redis?: string
}

/** The channel that {@link web} makes; `url` is where the page is, and an empty string until the server listens. */
export interface WebChannel extends Channel {
  readonly url: string
}

/**
 * A chat in the browser: serves a page with a `<colloquy-chat>` element, and talks to it by socket.io, or to other clients
 * by plain HTTP. Another site shows the same chat with one script tag, once its origin is in `origins`.
 *
 * A conversation belongs to whoever has its secret, 122 random bits that the page keeps, or to the person of an identity
 * token; the log and the store hold only a hash of it.
 *
 * @throws {@link ColloquyError} on start: `missing_dependency` without socket.io; `channel_failed` where the port is in
 * use or the page was not built.
 *
 * @example
 * ```ts
 * const page = web({ port: 3000, title: 'Northbank', greeting: 'Hello! How can I help?' })
 * await createBot({ dialogs, classifier, store, channels: [page] }).start()
 * console.log(page.url)
 * ```
 *
 * ```html
 * <script src="https://bot.example.com/colloquy-chat.js" defer></script>
 * <colloquy-chat title="Northbank"></colloquy-chat>
 * ```
 */
export function web(options: WebOptions = {}): WebChannel {
  let served: Served | undefined
  const running = (): Chat => {
    if (served) return served.chat
    throw new ColloquyError('channel_failed', 'The web channel is not running.', 'Start the bot first.')
  }
  return {
    name: 'web',
    get url() {
      return served?.url() ?? ''
    },
    async start(host) {
      served = await serve(options, host)
      host.log.info({ url: served.url() }, 'web: the chat is open')
    },
    async send(address, { id, parts, speaker }) {
      const { links, rooms } = running()
      const said = { id, parts: await links.parts(parts), ...(speaker !== undefined && { speaker }) }
      rooms.emit(roomOf(address), { event: 'message', data: { from: 'bot', ...said, at: Date.now() }, id })
    },
    async typing(address, soFar) {
      running().rooms.glance(roomOf(address), { event: 'typing', data: soFar })
    },
    async file(url) {
      const [owner = '', id = ''] = url.slice('web:'.length).split('/')
      return running().folder.read(owner, id)
    },
    async forget(people) {
      for (const [, id = ''] of people.map((person) => person.split(/^web:/)))
        for (const owner of [id, roomOfPerson(id)]) await served?.chat.folder.forget(owner)
    },
    async stop() {
      await served?.stop()
      served = undefined
    },
  }
}

function roomOf(address: Json): string {
  return (address as { room: string }).room
}
