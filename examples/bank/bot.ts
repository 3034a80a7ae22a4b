import { type BotOptions, createBot, dialog } from '@colloquy/core'
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

/** Marram Bank's support bot, on whatever bank, classifier, store and channels it is given. */
export function bankBot({ bank, ...options }: Omit<BotOptions, 'dialogs'> & { bank: Bank }) {
  const dialogs = [lostCard, dispute, refund, exchange, topUp, pin, trackCard, identity, cancelTransfer, missingCash]
  return createBot({ ...options, dialogs: [...dialogs.map((make) => make(bank)), written, greet] })
}
