import { type Channel, ColloquyError, type Json, type Part } from '@colloquy/core'
import type { EndpointOptions } from '../http/endpoint.js'
import { type Connection, connect } from './connect.js'
import { readFile } from './files.js'
import { Ears } from './listen.js'
import { type Address, placeOf, Sender } from './send.js'

/** The options of {@link slack}. */
export interface SlackOptions extends EndpointOptions {
  /** The bot token, `xoxb-…`. Default `SLACK_BOT_TOKEN`. */
  token?: string
  /** Proves that requests are Slack's. Default `SLACK_SIGNING_SECRET`. */
  signingSecret?: string
  /** The app-level token, `xapp-…`: events come by Socket Mode instead of HTTP. Default `SLACK_APP_TOKEN`. */
  appToken?: string
  /**
   * Instead of a token: any workspace installs the app, at `/slack/install`, and its token is kept in the bot's store. The
   * credentials are on the app's page "Basic Information"; the state secret is a long random text of your own.
   */
  oauth?: { clientId: string; clientSecret: string; stateSecret: string }
  /** What people find in the Home tab, in an empty conversation and in a new chat: Markdown, or parts. */
  greeting?: string | Part[]
  /** Default `https://slack.com/api/`; for GovSlack `https://slack-gov.com/api/`. */
  apiUrl?: string
}

/** The channel that {@link slack} makes. */
export interface SlackChannel extends Channel {
  /** Where Slack reaches it, once its server listens: events at `events`, an installation at `install`. */
  readonly url: string
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
export function slack(options: SlackOptions = {}): SlackChannel {
  let running: { connection: Connection; sender: Sender; ears: Ears } | undefined
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
      const connection = await connect(options, host)
      const sender = new Sender(connection, host)
      const { greeting = [] } = options
      const greets: Part[] = typeof greeting === 'string' ? [{ type: 'text', text: greeting }] : greeting
      running = { connection, sender, ears: new Ears(connection, sender, host, greets) }
      await connection.start()
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
