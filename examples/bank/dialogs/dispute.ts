import { dialog, slot } from '@colloquy/core'
import type { Bank, Payment } from '../bank.js'
import { day, pounds } from '../format.js'

const TITLES: Record<string, string> = {
  card_payment_not_recognised: 'A card payment that I do not know',
  direct_debit_payment_not_recognised: 'A direct debit that I do not know',
  cash_withdrawal_not_recognised: 'A cash withdrawal that was not me',
  transaction_charged_twice: 'I was charged twice',
}

/** What some intents say about the reason, so that nobody is asked what they have just told. */
const REASONS: Record<string, 'twice' | 'stranger'> = {
  transaction_charged_twice: 'twice',
  cash_withdrawal_not_recognised: 'stranger',
}

const NONE = 'none'

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
      const { amount } = await d.ask('amount')
      const recent = await d.step('payments', d.person, (person) => bank.payments(person))
      const alike = recent.filter((payment) => payment.amount === amount)
      const [only] = alike
      if (only && alike.length === 1 && d.intent === 'transaction_charged_twice') {
        return d.stop(`I see it only once: ${describe(only)}. A second one that is pending disappears within 7 days.`)
      }
      const question = only
        ? 'Which of these is it?'
        : `I see no payment of ${pounds(amount)} in the last 30 days. Is it one of these?`
      const reference =
        alike.length === 1
          ? only?.reference
          : await d.choose('payment', question, [
              ...(only ? alike : recent).map((payment) => ({ value: payment.reference, label: describe(payment) })),
              { value: NONE, label: 'None of these' },
            ])
      const payment = recent.find((one) => one.reference === reference)
      if (!payment) return d.handoff('the disputed payment is not in the list')

      const reason = REASONS[d.intent ?? ''] ?? (await d.ask('reason'))
      if (!(await d.confirm('sure', `Shall I dispute ${describe(payment)}?`)))
        return d.stop('All right, I have not disputed anything.')
      const done = await d.commit('dispute', { payment: payment.reference, reason }, (claim, once) =>
        bank.dispute(d.person, claim, once.key),
      )
      if ('refused' in done) return d.stop(done.refused)
      d.say(`Done: your reference is **${done.reference}**.`)
      d.say(`You get ${pounds(payment.amount)} back for now, and our decision within 10 working days.`)

      if (
        reason === 'stranger' &&
        (await d.confirm('protect', 'Somebody may have your card details. Shall we freeze the card?'))
      ) {
        return d.open('compromised_card')
      }
    },
  })

function describe({ amount, to, date }: Payment): string {
  return `${pounds(amount)} to ${to} on ${day(date)}`
}
