import { createHash } from 'node:crypto'
import { type Account, alex } from './accounts.js'
import type { Bank, Currency, Delivery, Quote, Refusal } from './bank.js'
import { money } from './format.js'

/** Units of each currency for one pound. */
const RATES: Record<Currency, number> = {
  GBP: 1,
  EUR: 1.15,
  USD: 1.31,
  AUD: 2.02,
  CAD: 1.84,
  CHF: 1.06,
  JPY: 205,
  PLN: 4.87,
}
const FREE_POUNDS_A_MONTH = 1000
const FEE = 0.005
const DELIVERY_DAYS = 7
const TRIES = 3

/** What one customer has done here besides what the account says. */
interface Customer extends Account {
  wrongTries: number
  claims: Set<string>
  /** Results by idempotency key. */
  done: Map<string, unknown>
}

/**
 * A bank that forgets everything when the process ends. Everybody who writes to the bot is a customer of it, with a
 * copy of `account` of their own.
 *
 * @param today - the day that the account's dates count from.
 */
export function memoryBank(account: Account = alex, today = new Date()): Bank {
  const customers = new Map<string, Customer>()
  /** Whom each code of an identity check was given to. */
  const codes = new Map<string, string>()

  function customer(person: string): Customer {
    const known = customers.get(person)
    if (known) return known
    const opened = { ...structuredClone(account), wrongTries: 0, claims: new Set<string>(), done: new Map() }
    customers.set(person, opened)
    return opened
  }

  /** Does the work once for each key. */
  function once<T>(person: string, key: string, work: (customer: Customer) => T): T {
    const who = customer(person)
    if (!who.done.has(key)) who.done.set(key, work(who))
    return who.done.get(key) as T
  }

  const inDays = (days: number) => new Date(today.getTime() + days * 86_400_000).toISOString().slice(0, 10)

  function card(who: Customer, id: string) {
    const found = who.cards.find((one) => one.id === id)
    if (!found) throw new Error(`There is no card ${id}.`)
    return found
  }

  function delivery(who: Customer): Delivery | null {
    if (!who.delivery) return null
    const { card: id, due } = who.delivery
    return { card: id, last4: card(who, id).last4, due: inDays(due), late: due < 0 }
  }

  function claim(who: Customer, kind: string, payment: string): { reference: string } | Refusal {
    const paid = who.payments.find((one) => one.reference === payment)
    if (!paid) return { refused: `There is no payment ${payment}.` }
    if (kind === 'refund' && paid.kind === 'cash') return { refused: 'A shop can refund payments, not cash.' }
    const reference = `${kind === 'refund' ? 'RF' : 'DS'}-${payment}`
    if (who.claims.has(reference))
      return { refused: `That has been asked already: your reference is **${reference}**.` }
    who.claims.add(reference)
    return { reference }
  }

  function lacks(who: Customer, { from, amount, fee }: Quote): Refusal | null {
    const balance = who.balances[from] ?? 0
    return balance < amount + fee ? { refused: `Your balance is ${money(balance, from)}, which is not enough.` } : null
  }

  return {
    cards: async (person) => customer(person).cards.map((one) => ({ ...one })),
    address: async (person) => customer(person).address,
    freeze: async (person, id, key) =>
      once(person, key, (who) => {
        const found = card(who, id)
        if (found.frozen) return { refused: `Your card ending in ${found.last4} is frozen already.` }
        found.frozen = true
        return { frozen: found.last4 }
      }),
    replaceCard: async (person, order, key) =>
      once(person, key, (who) => {
        who.address = order.address ?? who.address
        const { last4 } = card(who, order.card)
        who.delivery = { card: order.card, due: DELIVERY_DAYS }
        return { card: order.card, last4, due: inDays(DELIVERY_DAYS), late: false }
      }),
    delivery: async (person) => delivery(customer(person)),

    payments: async (person) => customer(person).payments.map(({ day, ...one }) => ({ ...one, date: inDays(day) })),
    dispute: async (person, { payment }, key) => once(person, key, (who) => claim(who, 'dispute', payment)),
    refund: async (person, { payment }, key) => once(person, key, (who) => claim(who, 'refund', payment)),

    quote: async (person, { amount, from, to }) => {
      const who = customer(person)
      if (from === to) return { refused: 'These are the same currency.' }
      const free = Math.max(0, FREE_POUNDS_A_MONTH - who.exchanged) * RATES[from]
      const rate = RATES[to] / RATES[from]
      const quote = {
        amount,
        from,
        to,
        rate,
        fee: cents(Math.max(0, amount - free) * FEE),
        receives: cents(amount * rate),
      }
      return lacks(who, quote) ?? quote
    },
    exchange: async (person, quote, key) =>
      once(person, key, (who) => {
        const refused = lacks(who, quote)
        if (refused) return refused
        const { amount, fee, from, to, receives } = quote
        who.balances[from] = cents((who.balances[from] ?? 0) - amount - fee)
        who.balances[to] = cents((who.balances[to] ?? 0) + receives)
        who.exchanged += amount / RATES[from]
        return { balance: who.balances[to] }
      }),

    topUp: async (person, reference) => customer(person).topUps.find((one) => one.reference === reference) ?? null,
    retryTopUp: async (person, reference, key) =>
      once(person, key, (who) => {
        const found = who.topUps.find((one) => one.reference === reference)
        if (!found || found.status === 'pending') return { refused: 'That top-up cannot be repeated.' }
        const retried = { ...found, reference: String(Number(reference) + 1000), status: 'pending' as const }
        who.topUps.unshift(retried)
        return { reference: retried.reference }
      }),

    transfers: async (person) => customer(person).transfers.map((one) => ({ ...one })),
    cancelTransfer: async (person, reference, key) =>
      once(person, key, (who) => {
        const index = who.transfers.findIndex((one) => one.reference === reference && one.status === 'pending')
        if (index < 0) return { refused: 'That transfer has left already, so only the recipient can send it back.' }
        who.transfers.splice(index, 1)
        return { cancelled: reference }
      }),

    knows: async (person, born) => {
      const who = customer(person)
      if (who.wrongTries >= TRIES) return 'locked'
      if (born === who.born) return 'yes'
      who.wrongTries++
      return who.wrongTries >= TRIES ? 'locked' : 'no'
    },
    resetPin: async (person, id, key) =>
      once(person, key, (who) => {
        card(who, id).pinBlocked = false
        return { until: inDays(1) }
      }),
    checkIdentity: async (person, { born }, key) =>
      once(person, key, () => {
        const adult =
          new Date(born) <= new Date(Date.UTC(today.getUTCFullYear() - 18, today.getUTCMonth(), today.getUTCDate()))
        if (!adult) return { refused: 'You must be 18 to hold an account.' }
        // The same for a conversation that is replayed; a real bank would draw it by lot.
        const code = `ID-${100_000_000 + (createHash('sha256').update(key).digest().readUInt32BE() % 900_000_000)}`
        codes.set(code, person)
        return { code }
      }),
    whose: async (code) => codes.get(code) ?? null,
    connect: async (person, other, key) =>
      once(person, key, () => {
        customers.set(person, customer(other))
        return { connected: other }
      }),
  }
}

const cents = (amount: number) => Math.round(amount * 100) / 100
