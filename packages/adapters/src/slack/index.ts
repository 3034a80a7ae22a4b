import type { Channel, Json, Part } from '@colloquy/core'
import { ColloquyError } from '@colloquy/core'
import { type Address, conversationOf } from './address.js'
import { type Connection, connect } from './connect.js'
import { readFile } from './files.js'
import { Ears } from './listen.js'
import { People } from './people.js'
import { Sender } from './send.js'
import { type SlackOptions, settle } from './settings.js'

export type { OAuth, SlackOptions } from './settings.js'

/** The channel that {@link slack} makes. */
export interface SlackChannel extends Channel {
  /** Where Slack reaches it, once its server listens: events at `events`, the installation at `install`. */
  readonly url: string
}

/**
 * Slack, through Bolt: direct messages, channels where the bot is mentioned, threads, files, buttons, menus, forms,
 * ratings, and answers that are shown while they are written.
 *
 * Events come over HTTP, at `/slack/events`, or by Socket Mode where an app-level token is given. The tokens come from the
 * environment unless they are given. As the room of a desk it takes the id of a channel, `C0123456789`; where many
 * workspaces have the app, `{ team, channel }`.
 *
 * @throws {@link ColloquyError} on start: `missing_dependency` without `@slack/bolt`; `channel_failed` where a token is
 * missing or not accepted, or the port is in use.
 *
 * @example
 * ```ts
 * // SLACK_BOT_TOKEN=xoxb-… SLACK_APP_TOKEN=xapp-… (Socket Mode), or SLACK_SIGNING_SECRET=… (HTTP)
 * await createBot({ dialogs, classifier, store, channels: [slack({ greeting: 'Hello! How can I help?' })] }).start()
 * ```
 */
export function slack(options: SlackOptions = {}): SlackChannel {
  const people = new People()
  let running: { connection: Connection; sender: Sender } | undefined
  const now = () => {
    if (!running) throw new ColloquyError('channel_failed', 'The Slack channel is not running.', 'Start the bot first.')
    return running
  }
  return {
    name: 'slack',
    get url() {
      return running?.connection.url() ?? ''
    },
    async start(host) {
      const connection = await connect(settle(options), host)
      const sender = new Sender(connection, host)
      new Ears(connection, sender, people, host, greeting(options.greeting)).listen()
      await connection.start(options)
      running = { connection, sender }
      host.log.info({ url: connection.url() }, 'slack: connected')
    },
    async send(address, message) {
      await now().sender.send(address as Address, message)
    },
    async typing(address, soFar) {
      await now().sender.typing(address as Address, soFar)
    },
    async file(url) {
      const [, team = '', id = ''] = url.split(':')
      return readFile(await now().connection.workspace(team), id)
    },
    async openThread(room, message) {
      const address = await now().sender.begin(room as Room, message)
      return { conversation: conversationOf(address, false), address: address as Json }
    },
    async forget(persons) {
      people.forget(persons)
    },
    async stop() {
      await running?.connection.stop()
      running = undefined
    },
  }
}

/** A room where people work. */
export type Room = string | { team: string; channel: string }

function greeting(given: SlackOptions['greeting'] = []): Part[] {
  return typeof given === 'string' ? [{ type: 'text', text: given }] : given
}
