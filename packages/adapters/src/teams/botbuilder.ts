import type { Activity, ConversationReference, TurnContext } from 'botbuilder'
import type { Cloud } from './cloud.js'
import type { Context, Delivery, Sdk } from './sdk.js'

/** `botbuilder` 4.23, whose support ended with 2025. */
export function botbuilder(library: typeof import('botbuilder'), cloud: Cloud): Sdk {
  const { appId } = cloud
  class Adapter extends library.CloudAdapter {
    /** What `process` does, without its answers and without what it writes to the console. */
    handle({ authorization, body }: Delivery, logic: (context: TurnContext) => Promise<void>) {
      return this.processActivity(authorization, body as unknown as Activity, logic)
    }
  }
  const credentials = {
    isValidAppId: async (id: string) => id === appId,
    isAuthenticationDisabled: async () => appId === '',
    createCredentials: async () => ({
      async signRequest<R extends { headers: { set(name: string, value: string): void } }>(request: R): Promise<R> {
        const token = await cloud.token()
        if (token) request.headers.set('authorization', `Bearer ${token}`)
        return request
      },
    }),
  }
  const settings = {
    MicrosoftAppId: appId,
    ToChannelFromBotLoginUrl: `${cloud.login}/${cloud.tenant}`,
    ToChannelFromBotOAuthScope: cloud.scope,
    ToBotFromChannelTokenIssuer: cloud.issuer,
    ToBotFromChannelOpenIdMetadataUrl: cloud.metadata,
    ToBotFromEmulatorOpenIdMetadataUrl: cloud.metadata,
    OAuthUrl: cloud.scope,
    ValidateAuthority: true,
  }
  const adapter = new Adapter(new library.ConfigurationBotFrameworkAuthentication(settings, credentials as never))

  return {
    async receive(delivery, turn) {
      let result: Awaited<ReturnType<typeof turn>> | undefined
      let entered = false
      await adapter
        .handle(delivery, async (context) => {
          entered = true
          const { claims } = context.turnState.get<{ claims: { type: string; value: unknown }[] }>(
            adapter.BotIdentityKey,
          ) ?? { claims: [] }
          result = await turn(Object.fromEntries(claims.map(({ type, value }) => [type, value])))
        })
        .catch((error: unknown) => {
          if (entered || !isRefusal(error)) throw error
        })
      return result
    },
    async converse(reference, speak) {
      let result: Awaited<ReturnType<typeof speak>> | undefined
      await adapter.continueConversationAsync(appId, reference as unknown as ConversationReference, async (context) => {
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
      const given = { isGroup: true, bot, channelData: channel, tenantId: conversation.tenantId, activity: first }
      await adapter.createConversationAsync(
        appId,
        channelId,
        serviceUrl,
        cloud.scope,
        given as never,
        async (context) => {
          id = context.activity.conversation.id
        },
      )
      return id
    },
  }
}

/** Whether it is the token that is bad: then nobody can vouch for the sender. */
function isRefusal(error: unknown): boolean {
  return (
    error instanceof Error && /^(Authentication|JsonWebToken|TokenExpired|NotBefore)Error$/.test(error.constructor.name)
  )
}
