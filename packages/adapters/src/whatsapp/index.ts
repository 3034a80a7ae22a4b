import type { Channel } from '@colloquy/core'
import type { ClientOptions } from 'whatsapp-web.js'
import { WhatsApp } from './channel.js'

/** The options of {@link whatsapp}. */
export interface WhatsAppOptions {
  /** Chrome or Chromium; by default the one that puppeteer has downloaded. */
  executablePath?: string
  /** Where the login is kept, as a browser's profile. Default `.wwebjs_auth`. One process for each. */
  folder?: string
  /** Where the code for linking is shown, on this machine only. Default: any free port, which the terminal names. */
  codePort?: number
  /** How choices are offered: as numbered text, or as a poll where they fit into one. Default `numbers`. */
  choices?: 'numbers' | 'poll'
  /** Shows answers while they are written, by editing a message, which WhatsApp marks as edited. Default false. */
  stream?: boolean
  /** More for the library's own Client, such as `webVersion` or `puppeteer: { args }`. */
  client?: ClientOptions
}

/**
 * WhatsApp by a linked device: whatsapp-web.js drives WhatsApp Web in a browser. Easy to try with any phone, and against
 * WhatsApp's terms: numbers that are used so may be blocked. Companies take `whatsappCloud` instead.
 *
 * @throws {@link ColloquyError} on start: `missing_dependency` without whatsapp-web.js; `channel_failed` where no browser
 *   can be started.
 *
 * @example
 * ```ts
 * const channel = whatsapp({ executablePath: '/usr/bin/chromium' })
 * await createBot({ dialogs, classifier, store, channels: [channel] }).start()
 * ```
 */
export function whatsapp(options: WhatsAppOptions = {}): Channel {
  return new WhatsApp(options)
}
