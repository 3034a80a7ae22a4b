import { dialog } from '@colloquy/core'
import type { Bank } from '../bank.js'
import { day } from '../format.js'
import { askBorn, askCard, born } from './parts.js'

/** Lets a PIN be changed: a personal slot, an answer that the bank checks, and a person where it keeps being wrong. */
export const pin = (bank: Bank) =>
  dialog({
    name: 'pin',
    title: (intent) => (intent === 'pin_blocked' ? 'My PIN is blocked' : 'Change my PIN'),
    start: ['change_pin', 'pin_blocked'],
    slots: {
      born: born('What is your date of birth (DD/MM/YYYY)? Please never write your PIN here.'),
    },
    async run(d) {
      const card = await askCard(d, bank)
      const birth = await askBorn(d)
      const known = await d.step('check', birth, (date) => bank.knows(d.person, date))
      if (known === 'locked') return d.handoff('three wrong dates of birth for a new PIN')
      if (known === 'no') return d.askAgain('born', 'That is not the date of birth we have.')

      const question = `Shall I ${card.pinBlocked ? 'unblock' : 'open'} the card ending in ${card.last4} for a new PIN?`
      if (!(await d.confirm('sure', question))) return d.stop('All right, your PIN stays as it is.')
      const { until } = await d.commit('reset', card.id, (id, once) => bank.resetPin(d.person, id, once.key))
      d.say(`Done. Choose your new PIN under **Card → PIN** by ${day(until)}; it works at once.`)
    },
  })
