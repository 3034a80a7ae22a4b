import { createServer } from 'node:http'
import { type ChannelHost, ColloquyError, missing, reason } from '@colloquy/core'
import type { App, AuthorizeSourceData, webApi } from '@slack/bolt'
import { type Endpoint, type EndpointOptions, open } from '../http/endpoint.js'
import { DurableReceiver, handleErrors, loggerOf, onlyLimits } from './bolt.js'
import { installations, ofInstallations, ofToken, type Where } from './installations.js'
import { serve } from './serve.js'
import { SCOPES, type Settings } from './settings.js'

/** How long one call may take, in milliseconds. */
const PATIENCE = 30_000

/** A workspace that has installed the app. */
export interface Workspace {
  /** `T1`, or `E1.T1` where a whole organisation has it. */
  id: string
  client: webApi.WebClient
  token: string
  apiUrl: string
  /** Whether the bot may post under the name of a person. */
  renames: boolean
}

/** Slack behind the adapter, until `stop`. */
export interface Connection {
  /** Where listeners are added before `start`. */
  app: App
  /**
   * By its id; by none the only one.
   *
   * @throws {@link ColloquyError} `bad_message` where the app is not installed.
   */
  workspace(id: string): Promise<Workspace>
  /** Forgets the tokens of a workspace that has removed the app. */
  uninstalled(where: Where): Promise<void>
  url(): string
  start(endpoint: EndpointOptions): Promise<void>
  stop(): Promise<void>
}

/**
 * Puts Bolt together.
 *
 * @throws {@link ColloquyError} `missing_dependency` without Bolt; `channel_failed` where Slack does not take the token.
 */
export async function connect(settings: Settings, host: ChannelHost): Promise<Connection> {
  const bolt = await import('@slack/bolt').catch((error: unknown) => {
    throw missing('@slack/bolt', 'npm install @slack/bolt', error)
  })
  const { apiUrl, token = '', oauth, appToken, signingSecret = 'not needed' } = settings
  const logger = loggerOf(host.log, bolt.LogLevel.INFO)
  const clientOptions = { slackApiUrl: apiUrl, logger, timeout: PATIENCE, retryConfig: onlyLimits }
  const store = installations(host.kept)
  const http = new bolt.HTTPReceiver({
    signingSecret,
    logger,
    // With Socket Mode only the pages of an installation are served.
    endpoints: appToken ? [] : ['/slack/events'],
    ...(oauth && { ...oauth, scopes: SCOPES, installationStore: store, installerOptions: { clientOptions } }),
  })
  // Bolt's own patience: where a client gives up that connects again, it takes the process down.
  const installerOptions = { clientOptions: { slackApiUrl: apiUrl, logger } }
  const processEventErrorHandler = async () => false
  const socket =
    appToken && new bolt.SocketModeReceiver({ appToken, logger, installerOptions, processEventErrorHandler })
  const authorize = http.installer
    ? ofInstallations(store, http.installer)
    : await ofToken(new bolt.webApi.WebClient(token, clientOptions), token)
  const receiver = new DurableReceiver(socket || http, host.log)
  const app = new bolt.App({
    receiver,
    authorize: (source: AuthorizeSourceData<boolean>, body) => authorize(source, body),
    clientOptions,
    logger,
    convoStore: false,
  })
  handleErrors(app, host.log)
  const clients = new Map<string, webApi.WebClient>()
  const clientOf = (token: string, teamId: string | undefined) => {
    const key = `${token} ${teamId}`
    const client = clients.get(key) ?? new bolt.webApi.WebClient(token, { ...clientOptions, ...(teamId && { teamId }) })
    clients.set(key, client)
    return client
  }
  let endpoint: Endpoint | undefined

  return {
    app,
    async workspace(id) {
      const [teamId, enterpriseId] = id.split('.').reverse()
      const isEnterpriseInstall = enterpriseId !== undefined
      const found = await authorize({ teamId: teamId || undefined, enterpriseId, isEnterpriseInstall })
      const { botToken: token = '', scopes } = found
      return {
        id: id || (found.teamId ?? ''),
        client: clientOf(token, found.teamId),
        token,
        apiUrl,
        renames: scopes.includes('chat:write.customize'),
      }
    },
    uninstalled: async (where) => store.deleteInstallation?.(where as Required<Where>),
    url: () => endpoint?.url() ?? '',
    async start(options) {
      if (!socket || oauth) endpoint = await open(createServer(serve(http, host)), '/slack/', options)
      if (!socket) return
      await receiver.start().catch((cause: unknown) => {
        throw new ColloquyError(
          'channel_failed',
          `Slack opens no connection: ${reason(cause)}.`,
          'Turn on Socket Mode, and check the app-level token (xapp-…, with the scope connections:write).',
          { cause },
        )
      })
    },
    async stop() {
      await receiver.stop()
      if (socket) await socket.stop()
      endpoint?.close()
    },
  }
}
