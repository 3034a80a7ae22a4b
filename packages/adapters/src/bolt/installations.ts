import { type ChannelHost, ColloquyError, type Json, reason } from '@colloquy/core'
import type { Authorize, HTTPReceiver, Installation, InstallationStore, webApi } from '@slack/bolt'

/** A workspace, or an organisation that has the app as a whole. */
export type Where = Parameters<Authorize<boolean>>[0]

/** The one workspace, or organisation, that a token is of: what comes from another is not for this bot. */
export async function ofToken(client: webApi.WebClient, botToken: string): Promise<Authorize<boolean>> {
  const { response_metadata, ...own } = await client.auth.test().catch((cause: unknown) => {
    const hint = 'Copy the "Bot User OAuth Token" (xoxb-…) from the page "OAuth & Permissions" of the app.'
    throw new ColloquyError('channel_failed', `Slack does not accept the bot token: ${reason(cause)}.`, hint, { cause })
  })
  const ids = { botUserId: own.user_id ?? '', botId: own.bot_id ?? '', scopes: response_metadata?.scopes ?? [] }
  return async (where, body) => {
    // Somebody of another company may press a button of ours, in a channel that both share.
    const { message } = (body ?? {}) as { message?: { team?: string } }
    const teamId = own.is_enterprise_install ? where.teamId : own.team_id
    const ours = [where.teamId, message?.team].includes(own.team_id) || (!body && !where.teamId)
    if (own.is_enterprise_install ? where.enterpriseId !== own.enterprise_id : !ours) throw notInstalled(where)
    return { botToken, ...ids, ...(teamId && { teamId }) }
  }
}

/** The workspaces that have installed the app. */
export function ofInstallations(
  store: InstallationStore,
  installer: NonNullable<HTTPReceiver['installer']>,
): Authorize<boolean> {
  return async (where) => {
    // Bolt makes one error of no installation and of a store that cannot be asked.
    const found = await store.fetchInstallation(where)
    if (!found) throw notInstalled(where)
    return { ...(await installer.authorize(where)), scopes: found.bot?.scopes ?? [] }
  }
}

/** Who has installed the app, with their tokens, in the bot's own store. */
export function installations(kept: ChannelHost['kept']): InstallationStore {
  return {
    async storeInstallation(installation) {
      const { team, enterprise, isEnterpriseInstall = false } = installation
      const key = keyOf({ teamId: team?.id ?? '', enterpriseId: enterprise?.id, isEnterpriseInstall })
      await kept.set(key, JSON.parse(JSON.stringify(installation)) as Json)
    },
    fetchInstallation: async (where) => (await kept.get(keyOf(where))) as unknown as Installation<'v1' | 'v2', boolean>,
    deleteInstallation: (where) => kept.delete(keyOf(where)),
  }
}

function keyOf({ teamId, enterpriseId, isEnterpriseInstall }: Omit<Where, 'teamId'> & { teamId: string | undefined }) {
  return `installation:${isEnterpriseInstall ? enterpriseId : teamId}`
}

function notInstalled({ teamId, enterpriseId }: Where): ColloquyError {
  return new ColloquyError('bad_message', `The app is not installed in the Slack workspace ${teamId || enterpriseId}.`)
}
