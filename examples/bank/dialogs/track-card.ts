import { dialog } from '@colloquy/core'
import type { Bank } from '../bank.js'
import { day } from '../format.js'
import { address, askAddress } from './parts.js'

/** Says where a card is. Most customers are never asked anything: what to say depends on what a step has found. */
export const trackCard = (bank: Bank) =>
  dialog({
    name: 'track card',
    title: 'Where is my card',
    start: 'card_arrival',
    slots: { address },
    async run(d) {
      const delivery = await d.step('delivery', d.person, (person) => bank.delivery(person))
      if (!delivery) return d.stop('You have no card on order. You can order one under **Card → New card → Physical**.')

      const { card, last4, due, late } = delivery
      if (!late) return d.stop(`Your card ending in ${last4} is in the post and should arrive by **${day(due)}**.`)
      d.say(`Your card ending in ${last4} should have arrived by ${day(due)}. I am sorry that it has not.`)
      if (!(await d.confirm('new card', 'Shall I cancel it and send you another one, free of charge?'))) {
        return d.stop('All right. If it is not there in a week, please write to me again.')
      }
      const where = await askAddress(d, bank)
      const sent = await d.commit('replace', { card, address: where }, (order, once) =>
        bank.replaceCard(d.person, order, once.key),
      )
      d.say(`A new card is on its way and should arrive by **${day(sent.due)}**.`)
    },
  })
