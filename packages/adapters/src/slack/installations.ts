import { type ChannelHost, ColloquyError, type Json, reason } from '@colloquy/core'
import type { AuthorizeResult, HTTPReceiver, Installation, InstallationStore, webApi } from '@slack/bolt'

/** A workspace, or an organisation where the app is installed for all of one. */
export interface Where {
  teamId: string | undefined
  enterpriseId: string | undefined
  isEnterpriseInstall?: boolean
}

/** Who may be heard and answered. @throws {@link ColloquyError} `bad_message` for a workspace that has no installation. */
export type Authorize = (where: Where, body?: unknown) => Promise<AuthorizeResult & { scopes: string[] }>

/** The one workspace, or organisation, that a token is of: what comes from another is not for this bot. */
export async function ofToken(client: webApi.WebClient, botToken: string): Promise<Authorize> {
  const { team_id, enterprise_id, is_enterprise_install, user_id, bot_id, response_metadata } = await client.auth
    .test()
    .catch((cause: unknown) => {
      throw new ColloquyError(
        'channel_failed',
        `Slack does not accept the bot token: ${reason(cause)}.`,
        'Copy the "Bot User OAuth Token" (xoxb-…) from the page "OAuth & Permissions" of the app.',
        { cause },
      )
    })
  const ids = { ...(user_id && { botUserId: user_id }), ...(bot_id && { botId: bot_id }) }
  const scopes = response_metadata?.scopes ?? []
  return async (where, body) => {
    // A button of ours that somebody of another company presses, in a channel that both share.
    const { message } = (body ?? {}) as { message?: { team?: string } }
    const ours = is_enterprise_install
      ? where.enterpriseId === enterprise_id
      : where.teamId === team_id || message?.team === team_id || (body === undefined && where.teamId === undefined)
    if (!ours) throw notInstalled(where)
    const teamId = is_enterprise_install ? where.teamId : team_id
    return { botToken, scopes, ...ids, ...(teamId && { teamId }) }
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
      await kept.set(keyOf(where), JSON.parse(JSON.stringify(installation)) as Json)
    },
    fetchInstallation: async (where) => (await kept.get(keyOf(where))) as unknown as Installation<'v1' | 'v2', boolean>,
    deleteInstallation: (where) => kept.delete(keyOf(where)),
  }
}

function keyOf({ teamId, enterpriseId, isEnterpriseInstall }: Where): string {
  return `installation:${isEnterpriseInstall ? enterpriseId : teamId}`
}

function notInstalled({ teamId, enterpriseId, isEnterpriseInstall }: Where): ColloquyError {
  const name = (isEnterpriseInstall ? enterpriseId : teamId) ?? 'of no name'
  return new ColloquyError('bad_message', `The app is not installed in the Slack workspace ${name}.`)
}
