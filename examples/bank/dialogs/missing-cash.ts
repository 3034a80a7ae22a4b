import { dialog, slot } from '@colloquy/core'
import type { Bank } from '../bank.js'
import { day, pounds } from '../format.js'

/** A machine paid out too little. "It only gave me 80 and I asked for 100" fills both slots, each by its cue. */
export const missingCash = (bank: Bank) =>
  dialog({
    name: 'missing cash',
    title: 'A cash machine gave me the wrong amount',
    start: 'wrong_amount_of_cash_received',
    slots: {
      asked: slot.number({
        ask: 'How much did you ask the machine for, in pounds?',
        label: 'amount you asked for',
        cue: /\b(asked for|wanted|needed|requested|withdrew|withdraw|instead of|for|of) £?$/i,
        min: 1,
      }),
      got: slot.number({
        ask: 'And how much did it give you?',
        label: 'amount you got',
        cue: /\b(got|gave me|received|given|only|dispensed) £?$/i,
        min: 0,
      }),
    },
    async run(d) {
      const asked = await d.ask('asked')
      const payments = await d.step('payments', d.person, (person) => bank.payments(person))
      const withdrawal = payments.find((one) => one.kind === 'cash' && one.amount === asked)
      if (!withdrawal) return d.askAgain('asked', `I see no withdrawal of ${pounds(asked)} in the last 30 days.`)

      const got = await d.ask('got')
      if (got >= asked) return d.askAgain('got', `That is not less than the ${pounds(asked)} you asked for.`)
      const missing = pounds(asked - got)
      const place = `${withdrawal.to}, ${day(withdrawal.date)}`
      if (!(await d.confirm('sure', `Shall I claim ${missing} from the operator (${place})?`))) {
        return d.stop('All right, I have not claimed anything.')
      }
      const claim = { payment: withdrawal.reference, reason: `got ${got} of ${asked}` }
      const done = await d.commit('claim', claim, (input, once) => bank.dispute(d.person, input, once.key))
      if ('refused' in done) return d.stop(done.refused)
      d.say(`Done: your reference is **${done.reference}**. You hear from us within 10 working days.`)
    },
  })
