import { type Channel, ColloquyError, type Json, type Part } from '@colloquy/core'
import type { EndpointOptions } from '../http/endpoint.js'
import { type Served, serve } from './serve.js'

/** The options of {@link web}. */
export interface WebOptions extends EndpointOptions {
  /** What the page calls the bot. Default `Support`. */
  title?: string
  /** Shown first in every conversation: Markdown, or parts such as a text and choices. */
  greeting?: string | Part[]
  /**
   * The other sites that may embed the chat, such as `https://www.bank.example`; `*` for any. Default none. Behind a
   * proxy that changes the `Host` header, the public address of the chat itself belongs here too.
   */
  origins?: string[]
  /** Where the chat lives on the server. Default `/`, or `/colloquy` on a server of yours. */
  path?: string
}

/** The channel that {@link web} makes. */
export interface WebChannel extends Channel {
  /** Where the page is, once the server listens; until then an empty string. */
  readonly url: string
}

/**
 * A chat in the browser: serves a page with a `<colloquy-chat>` element, and talks to it by socket.io. Another site shows
 * the same chat with one script tag, once its origin is in `origins`.
 *
 * A conversation belongs to whoever has its secret, 122 random bits that the page keeps; the log and the store hold only
 * a hash of it.
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
  const room = (address: Json) => {
    if (!served) throw new ColloquyError('channel_failed', 'The web channel is not running.', 'Start the bot first.')
    return served.room((address as { room: string }).room)
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
    async send(address, message) {
      // Nobody may be there: whoever connects later finds it in the history.
      room(address).emit('message', { from: 'bot', ...message, at: Date.now() })
    },
    async typing(address, soFar) {
      // Volatile: a client that cannot keep up gets the next piece, which holds this one.
      room(address).volatile.emit('typing', soFar)
    },
    async stop() {
      await served?.stop()
      served = undefined
    },
  }
}
