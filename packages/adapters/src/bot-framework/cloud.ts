import { ColloquyError, reason } from '@colloquy/core'
import type { Fields } from '../http/shape.js'
import type { Library } from './sdk.js'

/** Where tokens come from, each by default what it is in Microsoft's public cloud. */
export interface CloudOptions {
  /** Where the bot gets its tokens (`https://login.microsoftonline.com`). */
  login?: string
  /** What it asks tokens for (`https://api.botframework.com`). */
  scope?: string
  /** Who signs deliveries (`https://api.botframework.com`). */
  issuer?: string
  /** Where the keys are published that deliveries are signed with. */
  metadata?: string
}

/** Who the bot is, and which library it runs on. */
export interface IdentityOptions {
  /**
   * The app id of the bot's registration. Without one nobody is checked, and only this machine is answered: that is for the
   * Agents Playground.
   */
  appId?: string | undefined
  /** A client secret of the app. */
  password?: string | undefined
  /** The tenant of the app, where it belongs to a single one. */
  tenant?: string | undefined
  /** The bot's tokens, instead of a password: from a managed identity or a certificate, say. */
  token?: () => Promise<string>
  /** Which of Microsoft's libraries to run on. Default the one that is installed, `agents-hosting` before `botbuilder`. */
  library?: Library
  /** Where tokens come from in clouds other than the public one. */
  cloud?: CloudOptions
}

/** Who the bot is, and how it proves that. */
export interface Cloud extends Required<CloudOptions> {
  /** Empty where nobody is checked. */
  appId: string
  tenant: string
  token(): Promise<string>
}

/** Tokens are renewed so long before they end, and a request for one may take so long; milliseconds. */
const EARLY = 300_000
const PATIENCE = 15_000

/** The bot gets tokens by its client credentials (RFC 6749, 4.4) where the user has no other way. */
export function cloudOf({
  appId = '',
  password = '',
  tenant = 'botframework.com',
  token,
  cloud,
}: IdentityOptions): Cloud {
  const { login = 'https://login.microsoftonline.com', scope = 'https://api.botframework.com' } = cloud ?? {}
  const body = {
    grant_type: 'client_credentials',
    client_id: appId,
    client_secret: password,
    scope: `${scope}/.default`,
  }
  let held = { value: '', until: 0 }
  async function ask(): Promise<void> {
    const request = { method: 'POST', body: new URLSearchParams(body), signal: AbortSignal.timeout(PATIENCE) }
    const answer = await fetch(`${login}/${tenant}/oauth2/v2.0/token`, request)
    const { access_token, expires_in = 0, error = '' } = (await answer.json()) as Record<string, never>
    if (!access_token) throw new Error(`${answer.status} ${error}`)
    held = { value: access_token, until: Date.now() + expires_in * 1000 }
  }
  async function byPassword(): Promise<string> {
    if (Date.now() < held.until - EARLY) return held.value
    await ask().catch((cause: unknown) => {
      const hint = 'Check the app id, its password (a client secret) and its tenant.'
      // A token that still holds is good enough while there is no other.
      if (Date.now() >= held.until)
        throw new ColloquyError('channel_failed', `The bot gets no token: ${reason(cause)}.`, hint, { cause })
    })
    return held.value
  }
  return {
    ...{ appId, tenant, login, scope, issuer: cloud?.issuer ?? 'https://api.botframework.com' },
    metadata: cloud?.metadata ?? 'https://login.botframework.com/v1/.well-known/openidconfiguration',
    token: token ?? (appId ? byPassword : async () => ''),
  }
}

/** The token must be the service's own, and made for the place that the bot's token will go to with the answer. */
export function vouches({ iss, serviceurl }: Fields, serviceUrl: string, { appId, issuer }: Cloud): boolean {
  const at = (url: unknown) => String(url).replace(/\/+$/, '').toLowerCase()
  return !appId || (iss === issuer && at(serviceurl) === at(serviceUrl))
}
