import { type Channel, ColloquyError, type Part } from '@colloquy/core'
import type { Address } from '../bot-framework/address.js'
import { type CloudOptions, cloudOf, type IdentityOptions } from '../bot-framework/cloud.js'
import { type Library, load } from '../bot-framework/sdk.js'
import type { EndpointOptions } from '../http/endpoint.js'
import { fields, text } from '../http/shape.js'
import { Files } from './files.js'
import { Inbox } from './inbox.js'
import { Sender } from './send.js'

/** The options of {@link teams}. */
export interface TeamsOptions extends IdentityOptions, EndpointOptions {
  /** The tenants whose people may talk to the bot. Default any. */
  tenants?: string[]
  /** Said where the bot is installed or added. */
  greeting?: string | Part[]
  /** Where Teams delivers to. Default `/api/messages`. */
  path?: string
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
 * const { TEAMS_APP_ID: appId, TEAMS_PASSWORD: password, TEAMS_TENANT: tenant } = process.env
 * const channels = [teams({ appId, password, tenant, port: 3978 })]
 * await createBot({ dialogs, classifier, store, channels }).start()
 * ```
 */
export function teams(options: TeamsOptions = {}): TeamsChannel {
  const cloud = cloudOf(options)
  let running: { sender: Sender; files: Files; inbox: Inbox } | undefined
  const now = () => {
    if (running) return running
    throw new ColloquyError('channel_failed', 'The Teams channel is not running.', 'Start the bot first.')
  }
  return {
    name: 'teams',
    get url() {
      return running?.inbox.deliveries?.url() ?? ''
    },
    async start(host) {
      const sdk = await load(options.library, cloud)
      const sender = new Sender(sdk, host)
      const files = new Files(host, cloud)
      await files.open()
      running = { sender, files, inbox: new Inbox(options, { cloud, sdk, sender, files, host }) }
      await running.inbox.open()
      if (!cloud.appId) host.log.warn('teams: no app id, so that nobody is checked; only this machine is answered')
    },
    send: async (address, message) => void (await now().sender.send(address as Address, message)),
    typing: (address, soFar) => now().sender.typing(address as Address, soFar),
    file: (url) => now().files.read(url),
    async openThread(room, message) {
      const given = fields(room)
      const conversation = text(room) || text(given.channel)
      const where = { channelId: 'msteams', service: text(given.service) || SERVICE, conversation, type: 'channel' }
      const place = {
        ...where,
        tenant: text(given.tenant) || (options.tenant ?? ''),
        bot: { id: `28:${cloud.appId}`, name: '' },
      }
      const address = await now().sender.send(place, message, true)
      return { conversation: `teams:${address.conversation}`, address }
    },
    async stop() {
      await running?.inbox.deliveries?.stop()
      running = undefined
    },
  }
}

export type { CloudOptions, EndpointOptions, IdentityOptions, Library }
