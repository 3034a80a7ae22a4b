import type { Activity } from './activity.js'
import type { Reference } from './sdk.js'

/** Where a conversation is: what the engine keeps of an activity, and nothing of what was said. */
export type Address = {
  channelId: string
  service: string
  conversation: string
  /** `personal`, `groupChat` or `channel`. */
  type: string
  tenant: string
  bot: { id: string; name: string }
}

export function addressOf({ channelId, serviceUrl, conversation, channelData, recipient }: Activity): Address {
  return {
    channelId: channelId || 'msteams',
    service: serviceUrl,
    conversation: conversation.id,
    type: conversation.conversationType || 'personal',
    tenant: conversation.tenantId || channelData?.tenant?.id || '',
    bot: { id: recipient.id, name: recipient.name },
  }
}

/** An address as the libraries want it. */
export function referenceOf({ channelId, service, conversation: id, type, tenant, bot }: Address): Reference {
  const where = { id, isGroup: type !== 'personal', conversationType: type, ...(tenant && { tenantId: tenant }) }
  return { channelId, serviceUrl: service, conversation: where, bot, agent: bot }
}
