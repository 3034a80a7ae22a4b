import type { Cloud } from './cloud.js'
import type { Claims, Context, Sdk } from './sdk.js'

/** `@microsoft/agents-hosting`, which takes the place of `botbuilder`. */
export function agents(library: typeof import('@microsoft/agents-hosting'), cloud: Cloud): Sdk {
  const { appId, tenant, login, issuer, token } = cloud
  const settings = {
    ...(appId && { clientId: appId }),
    ...{ tenantId: tenant, authorityEndpoint: login, issuers: [issuer], validateIssuer: true },
  }
  // Named, so that variables of the environment do not take their place.
  const connections = new Map([['bot', settings]])
  const connectionsMap = [{ serviceUrl: '*', connection: 'bot' }]
  const adapter = new library.CloudAdapter({ ...settings, connections, connectionsMap })
  const provider = { getAccessToken: token, connectionSettings: settings }
  adapter.connectionManager = {
    getTokenProvider: () => provider,
    getTokenProviderFromActivity: () => provider,
    getConnection: () => provider,
    getDefaultConnection: () => provider,
  } as unknown as typeof adapter.connectionManager
  adapter.onTurnError = async (_context, error) => {
    throw error
  }
  const self = { aud: appId || 'nobody' }

  return {
    async receive({ authorization, body }, turn) {
      let result: Awaited<ReturnType<typeof turn>> | undefined
      let [vouched, entered] = [false, false]
      const request = { headers: { authorization }, method: 'POST', body, user: undefined as Claims | undefined }
      const response = new Nothing()
      await adapter.authorizeRequest(request as never, response as never, () => {
        vouched = true
      })
      if (!vouched) return undefined
      await adapter.process(request as never, response as never, async () => {
        entered = true
        result = await turn(request.user ?? {})
      })
      return entered ? result : undefined
    },
    async converse(reference, speak) {
      let result: Awaited<ReturnType<typeof speak>> | undefined
      const { bot: agent, ...rest } = reference
      await adapter.continueConversation(self as never, { ...rest, agent } as never, async (context) => {
        result = await speak(context as unknown as Context)
      })
      return result as Awaited<ReturnType<typeof speak>>
    },
    async open({ channelId, serviceUrl, conversation, bot }, first) {
      let id = ''
      const channel = {
        channel: { id: conversation.id },
        ...(conversation.tenantId && { tenant: { id: conversation.tenantId } }),
      }
      const given = {
        isGroup: true,
        agent: bot,
        bot,
        channelData: channel,
        tenantId: conversation.tenantId,
        activity: first,
      }
      await adapter.createConversationAsync(
        appId,
        channelId,
        serviceUrl,
        cloud.scope,
        given as never,
        async (context) => {
          id = context.activity.conversation?.id ?? ''
        },
      )
      return id
    },
  }
}

/** A response that the library may write to: the adapter answers requests itself. */
class Nothing {
  status(): this {
    return this
  }
  setHeader(): this {
    return this
  }
  send(): this {
    return this
  }
  end(): void {}
}
