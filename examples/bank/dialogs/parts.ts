import type { DialogContext, Slot } from '@colloquy/core'
import type { Bank, Card } from '../bank.js'

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
