import { type DialogContext, dialog, slot } from '@colloquy/core'
import type { Bank, Payment } from '../bank.js'
import { day, pounds } from '../format.js'

const TITLES: Record<string, string> = {
  card_payment_not_recognised: 'A card payment that I do not know',
  direct_debit_payment_not_recognised: 'A direct debit that I do not know',
  cash_withdrawal_not_recognised: 'A cash withdrawal that was not me',
  transaction_charged_twice: 'I was charged twice',
  extra_charge_on_statement: 'An extra charge on my statement',
}

/** What some intents say about the reason, so that nobody is asked what they have just told. */
const REASONS: Record<string, 'twice' | 'stranger'> = {
  transaction_charged_twice: 'twice',
  cash_withdrawal_not_recognised: 'stranger',
}

const HOLD =
  'Filling stations, hotels and online shops check a card with a charge of £1, $1 or €1. It is a hold, not a payment: it ' +
  'disappears by itself within 7 days.'

/** Disputes a payment: `d.choose` offers what the bank has found, and the last question opens another dialog. */
export const dispute = (bank: Bank) =>
  dialog({
    name: 'dispute',
    title: (intent) => TITLES[intent] ?? 'Dispute a payment',
    start: Object.keys(TITLES),
    slots: {
      amount: slot.money({
        ask: 'How much was it? The amount in pounds is enough to find it.',
        invalid: 'I need an amount, such as £12.40.',
        currency: 'GBP',
      }),
      reason: slot.choice(
        [
          {
            value: 'stranger',
            label: 'I never bought anything there',
            synonyms: ['never bought', 'not me', "wasn't me", 'fraud'],
          },
          { value: 'cancelled', label: 'I had cancelled it', synonyms: ['cancelled', 'trial', 'subscription'] },
          { value: 'amount', label: 'The amount is wrong', synonyms: ['wrong amount', 'too much'] },
        ],
        { ask: 'What fits best?' },
      ),
    },
    async run(d) {
      const { amount, currency } = await d.ask('amount')
      if (amount === 1 && d.intent === 'extra_charge_on_statement') return d.stop(HOLD)
      if (currency !== 'GBP') return d.askAgain('amount', 'I need the amount in pounds, as the app shows it.')
      const recent = await d.step('payments', d.person, (person) => bank.payments(person))
      const alike = recent.filter((one) => one.amount === amount)
      if (alike.length === 0) d.say(`I see no payment of ${pounds(amount)} in the last 30 days.`)
      const payment = alike.length === 1 ? alike[0] : await choose(d, alike.length > 0 ? alike : recent)
      if (!payment) return d.handoff('the disputed payment is not in the list')
      if (alike.length === 1) d.say(`I have found it: ${describe(payment)}.`)
      if (alike.length === 1 && d.intent === 'transaction_charged_twice') {
        return d.stop('I see it only once. Should a second one be pending, it disappears within 7 days.')
      }

      const reason = REASONS[d.intent ?? ''] ?? (await d.ask('reason'))
      const sure = await d.confirm('sure', `Shall I dispute ${describe(payment)}?`)
      if (!sure) return d.stop('All right, I have not disputed anything.')
      const done = await d.commit('dispute', { payment: payment.reference, reason }, (claim, once) =>
        bank.dispute(d.person, claim, once.key),
      )
      if ('refused' in done) return d.stop(done.refused)
      d.say(`Done: your reference is **${done.reference}**.`)
      d.say(`You get ${pounds(payment.amount)} back for now, and our decision within 10 working days.`)

      if (reason !== 'stranger') return
      const protect = await d.confirm('protect', 'Somebody may have your card. Shall we see to that as well?')
      if (protect) return d.open('compromised_card')
    },
  })

async function choose(d: DialogContext, payments: Payment[]): Promise<Payment | undefined> {
  const reference = await d.choose('payment', 'Which of these is it?', [
    ...payments.map((one) => ({ value: one.reference, label: `${describe(one)} (${one.reference})` })),
    { value: 'none', label: 'None of these' },
  ])
  return payments.find((one) => one.reference === reference)
}

function describe({ amount, to, date }: Payment): string {
  return `${pounds(amount)} to ${to} on ${day(date)}`
}
