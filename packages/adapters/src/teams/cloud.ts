import { ColloquyError, reason } from '@colloquy/core'

/** Where tokens come from: the public cloud, unless you are told otherwise. */
export interface CloudOptions {
  /** Where the bot gets its tokens. */
  login?: string
  /** Where the keys are published that requests are signed with. */
  metadata?: string
  /** Who signs requests. */
  issuer?: string
  /** What the bot asks tokens for. */
  scope?: string
}

/** Who the bot is, and how it proves that. */
export interface Cloud extends Required<CloudOptions> {
  /** Empty where nobody is checked. */
  appId: string
  tenant: string
  /** A token that the service takes from the bot. */
  token(): Promise<string>
}

/** What the bot proves itself with. */
export interface Credentials {
  appId: string
  password?: string | undefined
  tenant?: string | undefined
  token?: (() => Promise<string>) | undefined
}

/** Tokens are renewed this long before they end, in milliseconds. */
const EARLY = 300_000
const PATIENCE = 15_000

/** A cloud where the bot has its tokens by client credentials (OAuth 2.0, RFC 6749 4.4), or as the user says. */
export function cloudOf(
  options: CloudOptions,
  { appId, password, tenant = 'botframework.com', token }: Credentials,
): Cloud {
  const cloud = {
    login: 'https://login.microsoftonline.com',
    metadata: 'https://login.botframework.com/v1/.well-known/openidconfiguration',
    issuer: 'https://api.botframework.com',
    scope: 'https://api.botframework.com',
    ...options,
  }
  let held = { value: '', until: 0, renew: 0 }
  let asking: Promise<string> | undefined
  async function ask(): Promise<string> {
    const answer = await fetch(`${cloud.login}/${tenant}/oauth2/v2.0/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: appId,
        client_secret: password ?? '',
        scope: `${cloud.scope}/.default`,
      }),
      signal: AbortSignal.timeout(PATIENCE),
    })
    const said = (await answer.json()) as { access_token?: string; expires_in?: number; error?: string }
    if (!answer.ok || !said.access_token) throw new Error(`${answer.status} ${said.error ?? ''}`)
    const ms = (said.expires_in ?? 0) * 1000
    held = { value: said.access_token, until: Date.now() + ms, renew: Date.now() + ms - EARLY }
    return held.value
  }
  async function renewed(): Promise<string> {
    if (Date.now() < held.renew) return held.value
    asking ??= ask().finally(() => {
      asking = undefined
    })
    return asking.catch((cause: unknown) => {
      // A token that still holds does while the service is down.
      if (Date.now() < held.until) return held.value
      const hint = 'Check the app id, its password (a client secret) and its tenant.'
      throw new ColloquyError('channel_failed', `Teams gives the bot no token: ${reason(cause)}.`, hint, { cause })
    })
  }
  return { ...cloud, appId, tenant, token: token ?? (appId ? renewed : async () => '') }
}
