import { type Channel, ColloquyError, type Part } from '@colloquy/core'
import type { EndpointOptions } from '../http/endpoint.js'
import { type CloudOptions, cloudOf } from './cloud.js'
import { Files } from './files.js'
import type { Address } from './parse.js'
import { type Library, load } from './sdk.js'
import { Sender } from './send.js'
import { serve } from './serve.js'

/** The options of {@link teams}. */
export interface TeamsOptions extends EndpointOptions {
  /**
   * The app id of the bot's registration. Without one nobody is checked, and only this machine is answered: that is for the
   * Agents Playground.
   */
  appId?: string
  /** A client secret of the app. */
  password?: string
  /** The tenant of the app, where it has a single one. */
  tenant?: string
  /** The bot's tokens, instead of a password: from a managed identity or a certificate, say. */
  token?: () => Promise<string>
  /** The tenants whose people may talk to the bot. Default any that has installed it. */
  tenants?: string[]
  /** Said where the bot is installed or added. */
  greeting?: string | Part[]
  /** Where Teams delivers to. Default `/api/messages`. */
  path?: string
  /** Microsoft's library to run on. Default `@microsoft/agents-hosting`, or `botbuilder` where only that is installed. */
  library?: Library
  /** Where tokens come from, in clouds other than the public one. */
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
 * A bot in Microsoft Teams: personal chats, group chats and channels.
 *
 * As the desk of a bot, its room is the id of a channel of a team (`19:…@thread.tacv2`), or `{ channel, service, tenant }`.
 *
 * @throws {@link ColloquyError} on start: `missing_dependency` without one of Microsoft's libraries; `channel_failed` where
 * the port is in use.
 *
 * @example
 * ```ts
 * const { TEAMS_APP_ID: appId, TEAMS_PASSWORD: password, TEAMS_TENANT: tenant } = process.env
 * const channel = teams({ appId, password, tenant, tenants: [tenant], port: 3978 })
 * await createBot({ dialogs, classifier, store, channels: [channel] }).start()
 * ```
 */
export function teams(options: TeamsOptions = {}): TeamsChannel {
  const { appId = '', password, tenant, token } = options
  const cloud = cloudOf(options.cloud ?? {}, { appId, password, tenant, token })
  let running: { sender: Sender; files: Files; url(): string; stop(): Promise<void> } | undefined
  const now = () => {
    if (running) return running
    throw new ColloquyError('channel_failed', 'The Teams channel is not running.', 'Start the bot first.')
  }
  return {
    name: 'teams',
    get url() {
      return running?.url() ?? ''
    },
    async start(host) {
      const sdk = await load(options.library, cloud)
      const sender = new Sender(sdk, host)
      const files = new Files(host, cloud, sdk)
      await files.start()
      running = { sender, files, ...(await serve(options, { cloud, sdk, sender, files, host })) }
      if (!appId) host.log.warn('teams: no app id, so that nobody is checked; only this machine is answered')
    },
    send: (address, message) => now().sender.send(address as Address, message),
    typing: (address, soFar) => now().sender.typing(address as Address, soFar),
    file: (url) => now().files.read(url),
    openThread(room, message) {
      const { channel, service = SERVICE, tenant = '' } = room as { channel: string; service?: string; tenant?: string }
      const conversation = typeof room === 'string' ? room : channel
      const bot = { id: `28:${appId}`, name: '' }
      const where = { channelId: 'msteams', service, conversation, type: 'channel', tenant }
      return now().sender.open({ ...where, bot, user: { id: '', name: '' } }, message)
    },
    async stop() {
      await running?.stop()
      running = undefined
    },
  }
}

export type { Library } from './sdk.js'
export type { CloudOptions, EndpointOptions }
