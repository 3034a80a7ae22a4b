import { dialog, slot } from '@colloquy/core'
import type { Bank } from '../bank.js'
import { pounds } from '../format.js'

const TITLES: Record<string, string> = {
  top_up_failed: 'My top-up failed',
  pending_top_up: 'My top-up is pending',
  top_up_reverted: 'My top-up came back',
}

/** Looks a top-up up. What is no matter of this dialog is passed to another one with `d.open`. */
export const topUp = (bank: Bank) =>
  dialog({
    name: 'top-up',
    title: (intent) => TITLES[intent] ?? 'A problem with a top-up',
    start: Object.keys(TITLES),
    slots: {
      method: slot.choice(
        [
          { value: 'card', label: 'Card', synonyms: ['debit card', 'credit card', 'Apple Pay', 'Google Pay'] },
          { value: 'transfer', label: 'Bank transfer', synonyms: ['transfer', 'wire'] },
          { value: 'deposit', label: 'Cash or cheque', synonyms: ['cash', 'cheque', 'check'] },
        ],
        { ask: 'How did you top up?', label: 'way of topping up' },
      ),
      reference: slot.pattern(/\b\d{6}\b/, {
        ask: 'What is its reference? It has six digits and is under **Top up → History**.',
        invalid: 'A reference has six digits, such as 123456.',
      }),
    },
    async run(d) {
      const method = await d.ask('method')
      if (method === 'transfer') return d.open('balance_not_updated_after_bank_transfer')
      if (method === 'deposit') return d.open('balance_not_updated_after_cheque_or_cash_deposit')

      const reference = await d.ask('reference')
      const found = await d.step('find', reference, (number) => bank.topUp(d.person, number))
      if (!found) return d.askAgain('reference', `I cannot find a top-up ${reference}.`)

      const { amount, status, note } = found
      if (status === 'completed') return d.stop(`Your top-up of ${pounds(amount)} has gone through: ${note}.`)
      if (status === 'pending') {
        return d.stop(`Your top-up of ${pounds(amount)} is pending: ${note}. It comes back by itself after 24 hours.`)
      }
      d.say(`Your top-up of ${pounds(amount)} did not go through: ${note}. The money stays on your card.`)
      if (!(await d.confirm('sure', `Shall I try ${pounds(amount)} once more?`)))
        return d.stop('All right, I have not charged your card.')
      const done = await d.commit('retry', reference, (number, once) => bank.retryTopUp(d.person, number, once.key))
      if ('refused' in done) return d.stop(done.refused)
      d.say(`I have charged your card again: the reference is **${done.reference}**.`)
    },
  })
