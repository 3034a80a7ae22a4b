import { dialog, slot } from '@colloquy/core'
import type { Bank, Currency } from '../bank.js'
import { money } from '../format.js'

const CURRENCIES: { value: Currency; label: string; synonyms?: string[] }[] = [
  { value: 'GBP', label: 'British pounds', synonyms: ['£', 'pounds', 'pound', 'sterling', 'quid', 'UK currency'] },
  { value: 'EUR', label: 'euros', synonyms: ['€', 'euro'] },
  { value: 'USD', label: 'US dollars', synonyms: ['$', 'dollars', 'dollar', 'American dollars'] },
  { value: 'AUD', label: 'Australian dollars' },
  { value: 'CAD', label: 'Canadian dollars' },
  { value: 'CHF', label: 'Swiss francs', synonyms: ['francs'] },
  { value: 'JPY', label: 'Japanese yen', synonyms: ['¥', 'yen'] },
  { value: 'PLN', label: 'Polish złoty', synonyms: ['złoty', 'zloty'] },
]

/**
 * Exchanges money. Two slots of one kind: their cues tell "200 pounds to euros" apart. The quote is a `step`: it runs
 * again when the customer changes the amount or a currency, and the confirmation is asked anew. It holds for ten minutes.
 */
export const exchange = (bank: Bank) =>
  dialog({
    name: 'exchange',
    title: 'Exchange money',
    start: 'exchange_via_app',
    expire: '10m',
    slots: {
      amount: slot.number({
        ask: 'How much would you like to exchange?',
        invalid: 'I need an amount, such as 200.',
        min: 1,
      }),
      from: slot.choice(CURRENCIES, {
        ask: 'Which currency do you have?',
        label: 'currency you have',
        cue: /(\b(from|have|my|change|exchange|convert|swap|sell)|\d) *$/i,
      }),
      to: slot.choice(CURRENCIES, {
        ask: 'Which currency do you want?',
        label: 'currency you want',
        cue: /\b(to|into|for|in|buy|need|want) *$/i,
      }),
    },
    async run(d) {
      const from = await d.ask('from')
      const to = await d.ask('to')
      const amount = await d.ask('amount')
      const quote = await d.step('quote', { amount, from, to }, (wanted) => bank.quote(d.person, wanted))
      if ('refused' in quote) return d.askAgain(from === to ? 'to' : 'amount', quote.refused)

      const fee = quote.fee ? `a fee of ${money(quote.fee, from)}` : 'no fee'
      const terms = `1 ${from} = ${quote.rate.toFixed(4)} ${to}, ${fee}`
      const question = `You get **${money(quote.receives, to)}** for ${money(amount, from)} (${terms}). Go ahead?`
      if (!(await d.confirm('sure', question))) return d.stop('All right, nothing was exchanged.')
      const done = await d.commit('exchange', quote, (agreed, once) => bank.exchange(d.person, agreed, once.key))
      if ('refused' in done) return d.stop(done.refused)
      d.say(`Done. Your ${to} balance is now **${money(done.balance, to)}**.`)
    },
  })
