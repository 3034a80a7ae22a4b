import { type DialogContext, type Slot, slot } from '@colloquy/core'
import type { Bank, Card } from '../bank.js'
import { DATE, readDate } from '../format.js'

// A part that several dialogs share is a function of `d`, like the dialogs themselves.

/** Which of the customer's cards it is about; asked only where there are several. */
export async function askCard(d: DialogContext, bank: Bank): Promise<Card> {
  const cards = await d.step('cards', d.person, (person) => bank.cards(person))
  const choices = cards.map(({ id, scheme, last4 }) => ({ value: id, label: `${scheme} ending in ${last4}` }))
  const id = cards.length > 1 ? await d.choose('card', 'Which card is it?', choices) : cards[0]?.id
  return (
    cards.find((card) => card.id === id) ?? d.stop('You have no card with us yet. Order one under **Card → New card**.')
  )
}

/** Where a new card goes: null for the address that the bank has. Only its postcode is shown. */
export async function askAddress(d: DialogContext<{ address: Slot<string> }>, bank: Bank): Promise<string | null> {
  const postcode = await d.step('postcode', d.person, async (person) => {
    const address = await bank.address(person)
    return address.split(' ').slice(-2).join(' ')
  })
  const same = await d.confirm('same address', `Shall I send it to your address in **${postcode}**?`)
  return same ? null : d.ask('address')
}

/** A slot for the customer's date of birth. */
export const born = (ask: string) =>
  slot.pattern(DATE, { ask, invalid: 'Please write it like 31/12/1990.', label: 'date of birth', pii: true })

/** That date as `1990-04-12`. */
export async function askBorn(d: DialogContext<{ born: Slot<string> }>): Promise<string> {
  return readDate(await d.ask('born')) ?? d.askAgain('born', 'There is no such day.')
}

/** A slot for the address that a new card goes to. */
export const address = slot.text({
  ask: 'Which address shall I send it to? Please include the postcode.',
  invalid: 'That is too short for an address.',
  minLength: 12,
  pii: true,
})
