import { missing } from '@colloquy/core'
import type { Activity, TurnContext } from 'botbuilder'
import type { Cloud } from './cloud.js'
import { anew, type Sdk } from './sdk.js'

/** What is thrown where it is the token that is bad. */
const BAD_TOKEN = /^(?:Authentication|JsonWebToken|TokenExpired|NotBefore)Error$/

/** `botbuilder` 4.23. */
export async function botbuilder(cloud: Cloud): Promise<Sdk> {
  const library = await import('botbuilder').catch((error: unknown) => {
    throw missing('botbuilder', 'npm install botbuilder', error)
  })
  class Adapter extends library.CloudAdapter {
    /** What `process` does, without the answers that it gives, and what it prints. */
    handle(authorization: string, body: object, logic: (context: TurnContext) => Promise<void>) {
      return this.processActivity(authorization, body as Activity, logic)
    }
  }
  const credentials = {
    isValidAppId: async (id: string) => id === cloud.appId,
    isAuthenticationDisabled: async () => cloud.appId === '',
    createCredentials: async () => ({
      async signRequest<R extends { headers: { set(name: string, value: string): void } }>(request: R): Promise<R> {
        request.headers.set('authorization', `Bearer ${await cloud.token()}`)
        return request
      },
    }),
  }
  const settings = {
    ...{ ToChannelFromBotLoginUrl: cloud.login, ToChannelFromBotOAuthScope: cloud.scope, OAuthUrl: cloud.scope },
    ...{ ToBotFromChannelTokenIssuer: cloud.issuer, ToBotFromChannelOpenIdMetadataUrl: cloud.metadata },
    ...{ ToBotFromEmulatorOpenIdMetadataUrl: cloud.metadata, ValidateAuthority: true },
  }
  const adapter = new Adapter(new library.ConfigurationBotFrameworkAuthentication(settings, credentials as never))
  return {
    async receive(authorization, body, turn) {
      let entered = false
      const handled = adapter.handle(authorization, body, ({ turnState }) => {
        entered = true
        const { claims } = turnState.get<{ claims: { type: string; value: unknown }[] }>(adapter.BotIdentityKey)
        return turn(Object.fromEntries(claims.map(({ type, value }) => [type, value])))
      })
      await handled.catch((error: Error) => {
        if (entered || !BAD_TOKEN.test(error.constructor.name)) throw error
      })
    },
    converse: (reference, speak) =>
      adapter.continueConversationAsync(cloud.appId, reference as never, (context) => speak(anew(context as never))),
  }
}
