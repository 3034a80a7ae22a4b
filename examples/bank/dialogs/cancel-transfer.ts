import { dialog } from '@colloquy/core'
import type { Bank } from '../bank.js'
import { pounds } from '../format.js'

/** Cancels a transfer that has not left yet. The shortest dialog with a commit: no slots, one choice, one question. */
export const cancelTransfer = (bank: Bank) =>
  dialog({
    name: 'cancel transfer',
    title: 'Cancel a transfer',
    start: 'cancel_transfer',
    async run(d) {
      const transfers = await d.step('transfers', d.person, (person) => bank.transfers(person))
      const pending = transfers.filter((one) => one.status === 'pending')
      if (pending.length === 0) {
        return d.stop(
          'All your transfers have left already. Ask the recipient for the money; if it does not come, say **human**.',
        )
      }
      const choices = pending.map(({ reference, to, amount }) => ({
        value: reference,
        label: `${pounds(amount)} to ${to}`,
      }))
      const reference = await d.choose('transfer', 'Which one shall I cancel?', choices)
      const label = choices.find((one) => one.value === reference)?.label
      if (!(await d.confirm('sure', `Shall I cancel ${label}?`))) return d.stop('All right, it will be sent.')
      const done = await d.commit('cancel', reference, (number, once) =>
        bank.cancelTransfer(d.person, number, once.key),
      )
      d.say('refused' in done ? done.refused : `It is cancelled, and the money is back on your balance.`)
    },
  })
