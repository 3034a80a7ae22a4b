import { type Channel, ColloquyError, type Json, type Part } from '@colloquy/core'
import { type BoltOptions, type Connection, connect } from '../bolt/connect.js'
import { readFile } from './files.js'
import { Ears } from './listen.js'
import { type Address, placeOf, Sender } from './send.js'

/** The options of {@link slack}. */
export interface SlackOptions extends BoltOptions {
  /** What people find in the Home tab, in an empty conversation and in a new chat: Markdown, or parts. */
  greeting?: string | Part[]
}

/**
 * Slack, through Bolt: direct messages, channels where the bot is mentioned, threads, files, buttons, menus, forms,
 * ratings, and answers that are shown while they are written.
 *
 * Events come over HTTP, at `/slack/events`, or by Socket Mode where there is an app-level token. As the room of a desk it
 * takes the id of a channel, `C0123456789`; where many workspaces have the app, `{ team, channel }`.
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
export function slack(options: SlackOptions = {}): Channel {
  let running: { connection: Connection; sender: Sender; ears: Ears } | undefined
  const now = () => {
    if (!running) throw new ColloquyError('channel_failed', 'The Slack channel is not running.', 'Start the bot first.')
    return running
  }
  return {
    name: 'slack',
    async start(host) {
      const connection = await connect(options, host)
      const sender = new Sender(connection, host)
      const { greeting = [] } = options
      const hello: Part[] = typeof greeting === 'string' ? [{ type: 'text', text: greeting }] : greeting
      running = { connection, sender, ears: new Ears(connection, sender, host, hello) }
      await connection.start()
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
      const { team, channel } = typeof room === 'string' ? { team: '', channel: room } : (room as Address)
      const { id } = await now().connection.workspace(team)
      const thread = await now().sender.send({ team: id, channel }, message, true)
      const address: Address = { team: id, channel, thread, ts: thread }
      return { conversation: placeOf(address), address: address as Json }
    },
    async forget(people) {
      running?.ears.people.forget(people)
    },
    async stop() {
      await running?.connection.stop()
      running = undefined
    },
  }
}
