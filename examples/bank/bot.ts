import { type Bot, type BotOptions, createBot, type Dialog, dialog } from '@colloquy/core'
import { written } from './answers.js'
import type { Bank } from './bank.js'
import { cancelTransfer } from './dialogs/cancel-transfer.js'
import { dispute } from './dialogs/dispute.js'
import { exchange } from './dialogs/exchange.js'
import { identity } from './dialogs/identity.js'
import { lostCard } from './dialogs/lost-card.js'
import { missingCash } from './dialogs/missing-cash.js'
import { pin } from './dialogs/pin.js'
import { refund } from './dialogs/refund.js'
import { topUp } from './dialogs/top-up.js'
import { trackCard } from './dialogs/track-card.js'

export const GREETING =
  'Hello, this is Marram Bank. I can help with cards, payments, transfers and your account. What is it about?'

/** The engine has a dialog for "hello"; one of the same name takes its place. */
const greet = dialog({ name: 'greet', run: (d) => d.say(GREETING) })

/** What the bank's bot needs besides what any bot does. */
export interface BankBotOptions extends Omit<BotOptions, 'dialogs'> {
  bank: Bank
  /** What it does where it understands nothing; the engine's own otherwise. */
  fallback?: Dialog
}

/** Marram Bank's support bot, on whatever bank, classifier, store and channels it is given. Its answers ask for thumbs. */
export function bankBot({ bank, fallback, ...options }: BankBotOptions): Bot {
  const makers = [lostCard, dispute, refund, exchange, topUp, pin, trackCard, identity, cancelTransfer, missingCash]
  const dialogs = [...makers.map((make) => make(bank)), written, greet, ...(fallback ? [fallback] : [])]
  return createBot({ feedback: true, ...options, dialogs })
}
