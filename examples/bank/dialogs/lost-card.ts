import { dialog } from '@colloquy/core'
import type { Bank } from '../bank.js'
import { day } from '../format.js'
import { address, askAddress, askCard } from './parts.js'

const TITLES: Record<string, string> = {
  lost_or_stolen_card: 'My card is lost or stolen',
  compromised_card: 'Somebody may be using my card',
  card_swallowed: 'A cash machine kept my card',
}

/** Freezes a card and sends a new one. Two commits: what is done stays done, whatever the customer says next. */
export const lostCard = (bank: Bank) =>
  dialog({
    name: 'lost card',
    title: (intent) => TITLES[intent] ?? 'Freeze or replace a card',
    start: Object.keys(TITLES),
    slots: { address },
    async run(d) {
      if (d.intent === 'card_swallowed') {
        d.say(
          'If the machine belongs to a bank that is open, ask inside: it may be handed back. If not, it is destroyed.',
        )
      }
      const card = await askCard(d, bank)
      if (card.frozen) d.say(`Your card ending in ${card.last4} is frozen already, so nobody can use it.`)
      else {
        const sure = await d.confirm(
          'freeze now',
          `Shall I freeze your card ending in ${card.last4}? No payment will go through.`,
        )
        if (!sure) return d.stop('I have not frozen it. You can do so at any time under **Card → Freeze**.')
        const done = await d.commit('freeze', card.id, (id, once) => bank.freeze(d.person, id, once.key))
        d.say('refused' in done ? done.refused : `Your card ending in ${done.frozen} is **frozen**. Nobody can use it.`)
      }
      if (!(await d.confirm('new card', 'Would you like a new card? It is free, and the frozen one stops for good.'))) {
        return d.stop('All right. If the card turns up, tap **Card → Unfreeze** and go on using it.')
      }
      const where = await askAddress(d, bank)
      const sent = await d.commit('replace', { card: card.id, address: where }, (order, once) =>
        bank.replaceCard(d.person, order, once.key),
      )
      d.say(
        `Your new card is on its way and should arrive by **${day(sent.due)}**. Activate it in the app when it comes.`,
      )
    },
  })
