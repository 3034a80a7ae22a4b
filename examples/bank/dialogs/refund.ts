import { dialog, slot } from '@colloquy/core'
import type { Bank } from '../bank.js'
import { pounds } from '../format.js'

/** Asks a shop for a refund: a reference that any message may bring or correct, and an email that no log shows. */
export const refund = (bank: Bank) =>
  dialog({
    name: 'refund',
    title: 'Get a refund',
    start: 'request_refund',
    remind: '10m',
    expire: '1d',
    // Where a channel has forms, all of it can be filled in at once.
    form: true,
    slots: {
      payment: slot.pattern(/\b\d{6}\b/, {
        ask: 'What is the reference of the payment? Tap the payment in the app: it has six digits.',
        invalid: 'A reference has six digits, such as 123456.',
        label: 'payment',
      }),
      reason: slot.choice(
        [
          {
            value: 'missing',
            label: 'It never arrived',
            synonyms: ['not arrived', 'never came', 'not delivered', 'missing'],
          },
          { value: 'faulty', label: 'It is faulty', synonyms: ['broken', 'damaged', 'defective', 'wrong item'] },
          { value: 'unwanted', label: 'I changed my mind', synonyms: ['changed my mind', 'do not want it'] },
        ],
        { ask: 'Why would you like the money back?' },
      ),
      email: slot.email({
        ask: 'Which email address shall the shop write to?',
        invalid: 'That does not look like an email address.',
        pii: true,
        remember: true,
      }),
    },
    async run(d) {
      d.say('Refunds are paid by the shop. I can ask it for you.')
      const reference = await d.ask('payment')
      const payments = await d.step('payments', d.person, (person) => bank.payments(person))
      const payment = payments.find((one) => one.reference === reference)
      if (!payment) return d.askAgain('payment', `I see no payment ${reference} in the last 30 days.`)

      const reason = await d.ask('reason')
      await d.ask('email')
      const question = `Shall I ask **${payment.to}** to refund ${pounds(payment.amount)}?`
      if (!(await d.confirm('sure', question))) return d.stop('All right, I have not asked for a refund.')
      const done = await d.commit('refund', { payment: reference, reason }, (claim, once) =>
        bank.refund(d.person, claim, once.key),
      )
      if ('refused' in done) return d.stop(done.refused)
      d.say(`Done: your reference is **${done.reference}**. The shop has 14 days to answer.`)
    },
  })
