import { createServer } from 'node:http'
import { type ChannelHost, ColloquyError, missing, reason } from '@colloquy/core'
import type { App, Logger, LogLevel, Receiver, ReceiverEvent, webApi } from '@slack/bolt'
import { type Endpoint, type EndpointOptions, open } from '../http/endpoint.js'
import { guarded } from '../http/guard.js'
import { installations, ofInstallations, ofToken, type Where } from './installations.js'

/** Bytes of a request, well above Slack's longest; and how long a call may take, in milliseconds. */
const MAX_BODY = 1024 * 1024
const PATIENCE = 30_000
/** What the app may do; the same as in docs/slack-manifest.json. */
const SCOPES =
  'app_mentions:read channels:history chat:write chat:write.customize files:read files:write groups:history im:history im:write metadata.message:read mpim:history reactions:read users:read'

/** How Slack is reached. */
export interface BoltOptions extends EndpointOptions {
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
  /** Default `https://slack.com/api/`; for GovSlack `https://slack-gov.com/api/`. */
  apiUrl?: string
}

/** Slack behind the adapter. Listeners are added to `app` before it is started. */
export type Connection = Awaited<ReturnType<typeof connect>>
/** A workspace that has installed the app: `T1`, or `E1.T1` where a whole organisation has it. */
export type Workspace = Awaited<ReturnType<Connection['workspace']>>

/** Puts Bolt together: how it is reached, whom it trusts, and when it acknowledges. */
export async function connect(options: BoltOptions, host: ChannelHost) {
  const bolt = await import('@slack/bolt').catch((error: unknown) => {
    throw missing('@slack/bolt', 'npm install @slack/bolt', error)
  })
  const { token = '', signingSecret = 'not needed', appToken, oauth, apiUrl } = settle(options)
  const logger = loggerOf(host.log, bolt.LogLevel.INFO)
  const clientOptions = { slackApiUrl: apiUrl, logger, timeout: PATIENCE, retryConfig: onlyLimits }
  const installationStore = installations(host.kept)
  const installing = { clientOptions, authorizationUrl: new URL('/oauth/v2/authorize', apiUrl).href }
  const pages = { scopes: SCOPES.split(' '), installationStore, installerOptions: installing }
  // With Socket Mode only the pages of an installation are served.
  const endpoints = appToken ? [] : ['/slack/events']
  const http = new bolt.HTTPReceiver({ signingSecret, logger, endpoints, ...(oauth && { ...oauth, ...pages }) })
  // With Bolt's own patience: where it runs out while it connects again, the process ends.
  const connecting = { installerOptions: { clientOptions: { slackApiUrl: apiUrl } }, logger }
  const processEventErrorHandler = async () => false
  const socket = appToken && new bolt.SocketModeReceiver({ appToken, ...connecting, processEventErrorHandler })
  const authorize = http.installer
    ? ofInstallations(installationStore, http.installer)
    : await ofToken(new bolt.webApi.WebClient(token, clientOptions), token)
  const clients = new Map<string, webApi.WebClient>()
  const underWay = new Set<Promise<void>>()
  let stopping = false
  let endpoint: Endpoint | undefined

  /** Bolt acknowledges an event before its listeners run. Here it is, once they have ended well: it is stored. */
  async function hear(app: App, { ack, ...event }: ReceiverEvent): Promise<void> {
    // Unacknowledged, Slack brings it to whatever runs next.
    if (stopping) return
    if ('event' in event.body && typeof event.body.event?.type !== 'string') {
      // Bolt would fall over it, again and again.
      host.log.warn('slack: refused an event that is none')
      return ack()
    }
    const done = app.processEvent({ ...event, ack: async () => {} })
    underWay.add(done)
    await done.finally(() => underWay.delete(done))
    await ack()
  }
  const inner: Receiver = socket || http
  const init = (app: App) => inner.init({ processEvent: (event: ReceiverEvent) => hear(app, event) } as App)
  const receiver = { init, start: () => inner.start(), stop: () => inner.stop() }
  const app = new bolt.App({ receiver, authorize, clientOptions, logger, convoStore: false })
  app.error(async (error) => {
    const err = error instanceof bolt.AuthorizationError ? error.original : error
    // What can never be handled must not come again: it is acknowledged.
    if (!(err instanceof ColloquyError && err.code === 'bad_message')) throw err
    host.log.warn({ err }, `slack: refused: ${err.message}`)
  })

  return {
    app,
    /** By its id; by none, the only one. */
    async workspace(id: string) {
      const [teamId = '', enterpriseId] = id.split('.').reverse()
      const found = await authorize({ teamId, enterpriseId, isEnterpriseInstall: enterpriseId !== undefined })
      const { botToken = '', teamId: team = '', scopes } = found
      const key = `${team} ${botToken}`
      const client = clients.get(key) ?? new bolt.webApi.WebClient(botToken, { ...clientOptions, teamId: team })
      clients.set(key, client)
      return { id: id || team, client, token: botToken, apiUrl, renames: scopes.includes('chat:write.customize') }
    },
    /** Forgets the tokens of a workspace that has removed the app. */
    uninstalled: async (where: unknown) => installationStore.deleteInstallation?.(where as Where),
    async start() {
      const serve = guarded(MAX_BODY, host.log, (request, response) => http.requestListener(request, response))
      if (!socket || oauth) endpoint = await open(createServer(serve), '/slack/', options)
      if (!socket) return
      await socket.start().catch((cause: unknown) => {
        const hint = 'Turn on Socket Mode, and check the app-level token (xapp-…, with the scope connections:write).'
        throw new ColloquyError('channel_failed', `Slack opens no connection: ${reason(cause)}.`, hint, { cause })
      })
    },
    async stop() {
      stopping = true
      await Promise.allSettled(underWay)
      if (socket) await socket.stop()
      endpoint?.close()
    },
  }
}

/** What is given, or else in the environment. */
function settle(options: BoltOptions) {
  const { SLACK_BOT_TOKEN, SLACK_SIGNING_SECRET, SLACK_APP_TOKEN } = process.env
  const { oauth, token = SLACK_BOT_TOKEN, signingSecret = SLACK_SIGNING_SECRET } = options
  const appToken = options.appToken ?? (options.signingSecret ? undefined : SLACK_APP_TOKEN)
  const lacks = (what: string, hint: string) => new ColloquyError('channel_failed', `Slack needs ${what}.`, hint)
  if (!token && !oauth) throw lacks('a bot token', 'Set SLACK_BOT_TOKEN: it is on the page "OAuth & Permissions".')
  if (!appToken && !signingSecret) {
    const hint = 'Set SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP): both are on "Basic Information".'
    throw lacks('an app-level token or a signing secret', hint)
  }
  return { apiUrl: 'https://slack.com/api/', ...options, token, signingSecret, appToken }
}

/** Only a limit is waited out inside a call: what fails in another way may have been done all the same. */
const onlyLimits = {
  retries: 5,
  minTimeout: 50,
  onFailedAttempt(error: Error) {
    if ('code' in error) throw error
  },
} as NonNullable<webApi.WebClientOptions['retryConfig']>

/** Bolt's log in ours. What it says for debugging holds what people wrote, and is left out. */
function loggerOf(log: ChannelHost['log'], level: LogLevel): Logger {
  const nothing = () => {}
  const to =
    (as: 'debug' | 'warn' | 'error') =>
    (...said: unknown[]) =>
      log[as](`slack: ${said.map(reason).join(' ')}`)
  const lines = { debug: nothing, info: to('debug'), warn: to('warn'), error: to('error') }
  return { ...lines, setLevel: nothing, setName: nothing, getLevel: () => level }
}
