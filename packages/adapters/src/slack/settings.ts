import { ColloquyError, type Part } from '@colloquy/core'
import type { EndpointOptions } from '../http/endpoint.js'

/** The options of `slack`. What is left out comes from the environment. */
export interface SlackOptions extends EndpointOptions {
  /** The bot token, `xoxb-…`. Default `SLACK_BOT_TOKEN`. */
  token?: string
  /** Proves that requests come from Slack. Default `SLACK_SIGNING_SECRET`. */
  signingSecret?: string
  /** The app-level token, `xapp-…`: events come by Socket Mode instead of HTTP. Default `SLACK_APP_TOKEN`. */
  appToken?: string
  /** Instead of a token: any workspace installs the app at `/slack/install`. Tokens are kept in the bot's store. */
  oauth?: OAuth
  /** What people find in the Home tab, in an empty conversation and in a new chat: Markdown, or parts. */
  greeting?: string | Part[]
  /** Where Slack is. Default `https://slack.com/api/`; for GovSlack `https://slack-gov.com/api/`. */
  apiUrl?: string
}

/** The app's credentials, from its page "Basic Information". */
export interface OAuth {
  clientId: string
  clientSecret: string
  /** Any long random text of your own: it signs the state of an installation under way. */
  stateSecret: string
}

/** What the app may do; the same as in docs/slack-manifest.json. */
export const SCOPES = [
  'app_mentions:read',
  'assistant:write',
  'channels:history',
  'chat:write',
  'chat:write.customize',
  'files:read',
  'files:write',
  'groups:history',
  'im:history',
  'im:write',
  'metadata.message:read',
  'mpim:history',
  'reactions:read',
  'users:read',
]

/** The options once they are complete. */
export interface Settings extends Pick<SlackOptions, 'token' | 'signingSecret' | 'appToken' | 'oauth'> {
  apiUrl: string
}

/** @throws {@link ColloquyError} `channel_failed` where something is missing. */
export function settle(options: SlackOptions): Settings {
  const { SLACK_BOT_TOKEN, SLACK_SIGNING_SECRET, SLACK_APP_TOKEN } = process.env
  const { oauth, token = SLACK_BOT_TOKEN, apiUrl = 'https://slack.com/api/' } = options
  const signingSecret = options.signingSecret ?? (options.appToken ? undefined : SLACK_SIGNING_SECRET)
  const appToken = options.appToken ?? (options.signingSecret ? undefined : SLACK_APP_TOKEN)
  if (!oauth && !token) {
    throw incomplete(
      'a bot token',
      'Set SLACK_BOT_TOKEN to the "Bot User OAuth Token" (xoxb-…) of the page "OAuth & Permissions".',
    )
  }
  if (!appToken && !signingSecret) {
    throw incomplete(
      'a signing secret or an app-level token',
      'Set SLACK_SIGNING_SECRET (page "Basic Information"), or SLACK_APP_TOKEN (xapp-…) for Socket Mode.',
    )
  }
  return {
    apiUrl,
    ...(oauth ? { oauth } : token && { token }),
    ...(appToken ? { appToken } : signingSecret && { signingSecret }),
  }
}

function incomplete(what: string, hint: string): ColloquyError {
  return new ColloquyError('channel_failed', `Slack needs ${what}.`, hint)
}
