import { type ChannelHost, ColloquyError, type Json, reason } from '@colloquy/core'
import type { AuthorizeResult, HTTPReceiver, Installation, InstallationStore, webApi } from '@slack/bolt'

/** A workspace, or an organisation that has the app as a whole. */
export interface Where {
  teamId?: string | undefined
  enterpriseId?: string | undefined
  isEnterpriseInstall?: boolean
}

/** Who may be heard and answered. @throws {@link ColloquyError} `bad_message` for a workspace without the app. */
export type Authorize = (where: Where, body?: unknown) => Promise<AuthorizeResult & { scopes: string[] }>

/** The one workspace, or organisation, that a token is of: what comes from another is not for this bot. */
export async function ofToken(client: webApi.WebClient, botToken: string): Promise<Authorize> {
  const own = await client.auth.test().catch((cause: unknown) => {
    const hint = 'Copy the "Bot User OAuth Token" (xoxb-…) from the page "OAuth & Permissions" of the app.'
    throw new ColloquyError('channel_failed', `Slack does not accept the bot token: ${reason(cause)}.`, hint, { cause })
  })
  const ids = { botUserId: own.user_id ?? '', botId: own.bot_id ?? '' }
  return async (where, body) => {
    const { teamId = own.team_id } = body ? { ...where, teamId: where.teamId ?? '' } : where
    // A button of ours may be pressed by somebody of another company, in a channel that both share.
    const { message } = (body ?? {}) as { message?: { team?: string } }
    const ours = teamId === own.team_id || message?.team === own.team_id
    if (own.is_enterprise_install ? where.enterpriseId !== own.enterprise_id : !ours) throw notInstalled(where)
    const team = own.is_enterprise_install ? teamId : own.team_id
    return { botToken, ...ids, ...(team && { teamId: team }), scopes: own.response_metadata?.scopes ?? [] }
  }
}

/** The workspaces that have installed the app. */
export function ofInstallations(
  store: InstallationStore,
  installer: NonNullable<HTTPReceiver['installer']>,
): Authorize {
  return async (where) => {
    const query = where as Parameters<typeof installer.authorize>[0]
    // Bolt makes one error of no installation and of a store that cannot be asked.
    const found = await store.fetchInstallation(query)
    if (!found) throw notInstalled(where)
    return { ...(await installer.authorize(query)), scopes: found.bot?.scopes ?? [] }
  }
}

/** Who has installed the app, with their tokens, in the bot's own store. */
export function installations(kept: ChannelHost['kept']): InstallationStore {
  return {
    async storeInstallation(installation) {
      const { team, enterprise, isEnterpriseInstall = false } = installation
      const where = { teamId: team?.id, enterpriseId: enterprise?.id, isEnterpriseInstall }
      await kept.set(`installation:${nameOf(where)}`, JSON.parse(JSON.stringify(installation)) as Json)
    },
    fetchInstallation: async (where) =>
      (await kept.get(`installation:${nameOf(where)}`)) as unknown as Installation<'v1' | 'v2', boolean>,
    deleteInstallation: (where) => kept.delete(`installation:${nameOf(where)}`),
  }
}

function nameOf({ teamId, enterpriseId, isEnterpriseInstall }: Where): string {
  return (isEnterpriseInstall ? enterpriseId : teamId) ?? 'unknown'
}

function notInstalled(where: Where): ColloquyError {
  return new ColloquyError('bad_message', `The app is not installed in the Slack workspace ${nameOf(where)}.`)
}
