import type { Channel } from '@colloquy/core'
import { WhatsAppCloud } from './channel.js'
import type { WebhookOptions } from './webhook.js'

/** A template that WhatsApp has approved. */
export interface Template {
  name: string
  /** As in WhatsApp Manager, such as `en` or `pt_BR`. */
  language: string
  /** What its variables `{{1}}`, `{{2}}` … say; by default one, which is the text of the message. */
  variables?: (text: string) => string[]
}

/** The options of {@link whatsappCloud}. */
export interface WhatsAppCloudOptions extends WebhookOptions {
  /** A permanent token of a system user with `whatsapp_business_messaging`. */
  token: string
  /** The number that the bot has: its id, not the number itself. Webhooks of other numbers are refused. */
  phoneNumberId: string
  /** What is sent where the customer last wrote more than 24 hours ago, and WhatsApp allows nothing else. */
  template?: Template
  /** What the button says that opens a list of choices, in at most 20 characters. Default `☰`, which needs no language. */
  listButton?: string
  /** The Graph API with its version. Default `https://graph.facebook.com/v24.0`. */
  api?: string
}

/** The channel that {@link whatsappCloud} makes. */
export interface WhatsAppCloudChannel extends Channel {
  /** Where the webhook is on this machine, once it listens; until then an empty string. */
  readonly url: string
}

/**
 * WhatsApp by Meta's official Cloud API, without any library: a webhook on your side, the Graph API on Meta's.
 *
 * WhatsApp's terms allow businesses to answer people, and to write first with approved templates only.
 *
 * @throws {@link ColloquyError} on start: `channel_failed` where the port is in use or an option is missing.
 *
 * @example
 * ```ts
 * const { WHATSAPP_TOKEN, WHATSAPP_NUMBER_ID, WHATSAPP_APP_SECRET, WHATSAPP_VERIFY_TOKEN } = process.env
 * const channel = whatsappCloud({
 *   token: WHATSAPP_TOKEN, phoneNumberId: WHATSAPP_NUMBER_ID,
 *   appSecret: WHATSAPP_APP_SECRET, verifyToken: WHATSAPP_VERIFY_TOKEN,
 * })
 * await createBot({ dialogs, classifier, store, channels: [channel] }).start()
 * ```
 */
export function whatsappCloud(options: WhatsAppCloudOptions): WhatsAppCloudChannel {
  return new WhatsAppCloud(options)
}
