import { answers } from '@colloquy/core'
import { account } from './answers/account.js'
import { cards } from './answers/cards.js'
import { payments } from './answers/payments.js'
import { topUps } from './answers/top-ups.js'
import { transfers } from './answers/transfers.js'

/** Every intent that one good answer settles. */
export const written = answers({ ...cards, ...payments, ...topUps, ...transfers, ...account })
