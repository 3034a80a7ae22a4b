import { type Channel, ColloquyError, type Part } from '@colloquy/core'
import type { EndpointOptions } from '../http/endpoint.js'
import { type CloudOptions, cloudOf } from './cloud.js'
import { Files } from './files.js'
import type { Address } from './parse.js'
import { type Library, load } from './sdk.js'
import { Sender } from './send.js'
import { Server } from './serve.js'

/** The options of {@link teams}. */
export interface TeamsOptions extends EndpointOptions {
  /**
   * The app id of the bot's registration. Without one nobody is checked, and only this machine is answered: that is for the
   * Agents Playground.
   */
  appId?: string
  /** A client secret of the app. */
  password?: string
  /** The tenant of the app, where it belongs to a single one. */
  tenant?: string
  /** The bot's tokens, instead of a password: from a managed identity or a certificate, say. */
  token?: () => Promise<string>
  /** The tenants whose people may talk to the bot. Default any. */
  tenants?: string[]
  /** Said where the bot is installed or added. */
  greeting?: string | Part[]
  /** Where Teams delivers to. Default `/api/messages`. */
  path?: string
  /** Which of Microsoft's libraries to run on. Default the one that is installed, `agents-hosting` before `botbuilder`. */
  library?: Library
  /** Where tokens come from in clouds other than the public one. */
  cloud?: CloudOptions
}

/** The channel that {@link teams} makes. */
export interface TeamsChannel extends Channel {
  /** Where Teams delivers to, once the server listens; until then an empty string. */
  readonly url: string
}

/** Where Teams is, for the whole world. */
const SERVICE = 'https://smba.trafficmanager.net/teams/'

/**
 * Microsoft Teams: personal chats, group chats and channels. As the room of a desk it takes the id of a channel of a team
 * (`19:…@thread.tacv2`), or `{ channel, service, tenant }`.
 *
 * @throws {@link ColloquyError} on start: `missing_dependency` without one of Microsoft's libraries; `channel_failed` where
 * the port is in use.
 *
 * @example
 * ```ts
 * const { TEAMS_APP_ID: appId = '', TEAMS_PASSWORD: password = '', TEAMS_TENANT: tenant = '' } = process.env
 * const channels = [teams({ appId, password, tenant, tenants: [tenant], port: 3978 })]
 * await createBot({ dialogs, classifier, store, channels }).start()
 * ```
 */
export function teams(options: TeamsOptions = {}): TeamsChannel {
  const cloud = cloudOf(options)
  let running: { sender: Sender; files: Files; server: Server } | undefined
  const now = () => {
    if (running) return running
    throw new ColloquyError('channel_failed', 'The Teams channel is not running.', 'Start the bot first.')
  }
  return {
    name: 'teams',
    get url() {
      return running?.server.endpoint?.url().slice(0, -1) ?? ''
    },
    async start(host) {
      const sdk = await load(options.library, cloud)
      const [sender, files] = [new Sender(sdk, host), new Files(host, cloud.token)]
      const server = new Server(options, cloud, sdk, sender, files, host)
      running = { sender, files, server }
      await server.start()
      if (!cloud.appId) host.log.warn('teams: no app id, so that nobody is checked; only this machine is answered')
    },
    send: async (address, message) => void (await now().sender.send(address as Address, message)),
    typing: (address, soFar) => now().sender.typing(address as Address, soFar),
    file: (url) => now().files.read(url),
    async openThread(room, message) {
      const {
        channel,
        service = SERVICE,
        tenant = '',
      } = (typeof room === 'string' ? { channel: room } : room) as {
        channel: string
        service?: string
        tenant?: string
      }
      const where = { channelId: 'msteams', service, conversation: channel, type: 'channel', tenant }
      const bot = { id: `28:${cloud.appId}`, name: '' }
      const address = await now().sender.send({ ...where, bot }, message, true)
      return { conversation: `teams:${address.conversation}`, address }
    },
    async stop() {
      await running?.server.stop()
      running = undefined
    },
  }
}

export type { CloudOptions, EndpointOptions, Library }
