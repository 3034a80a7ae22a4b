import { missing } from '@colloquy/core'
import type { Cloud } from './cloud.js'
import { anew, type Sdk } from './sdk.js'

/** `@microsoft/agents-hosting`, which takes the place of `botbuilder`. */
export async function agents({ appId, tenant, login, issuer, token }: Cloud): Promise<Sdk> {
  const { CloudAdapter } = await import('@microsoft/agents-hosting').catch((error: unknown) => {
    throw missing('@microsoft/agents-hosting', 'npm install @microsoft/agents-hosting', error)
  })
  const identity = { ...(appId && { clientId: appId }), tenantId: tenant }
  const settings = { ...identity, authorityEndpoint: login, issuers: [issuer], validateIssuer: true }
  // By name, so that variables of the environment do not take their place.
  const named = { connections: new Map([['bot', settings]]), connectionsMap: [{ serviceUrl: '*', connection: 'bot' }] }
  const adapter = new CloudAdapter({ ...settings, ...named })
  const provider = () => ({ getAccessToken: token, connectionSettings: settings })
  Object.assign(adapter.connectionManager, { getTokenProvider: provider, getTokenProviderFromActivity: provider })
  adapter.onTurnError = (_context, error) => Promise.reject(error)
  return {
    async receive(authorization, body, turn) {
      const request = { method: 'POST', headers: { authorization }, body, user: {} }
      let good = false
      await adapter.authorizeRequest(request, nowhere as never, () => {
        good = true
      })
      if (good) await adapter.process(request, nowhere as never, () => turn(request.user))
    },
    converse: (reference, speak) =>
      adapter.continueConversation(appId || 'anybody', reference as never, (context) => speak(anew(context as never))),
  }
}

/** A response that the library may write to: the adapter answers by itself. */
const nowhere = { status: () => nowhere, setHeader: () => nowhere, send: () => nowhere, end: () => nowhere }
