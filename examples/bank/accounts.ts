import type { Card, Currency, Payment, TopUp, Transfer } from './bank.js'

/** What the in-memory bank knows of a customer. Dates are written as the number of days from today. */
export interface Account {
  born: string
  address: string
  cards: Card[]
  balances: Partial<Record<Currency, number>>
  /** Pounds exchanged since the first of the month. */
  exchanged: number
  /** The card in the post, and when it was due. */
  delivery: { card: string; due: number } | null
  payments: (Omit<Payment, 'date'> & { day: number })[]
  topUps: TopUp[]
  transfers: Transfer[]
}

/** Somebody to whom everything has happened that the dialogs are about. */
export const alex: Account = {
  born: '1990-04-12',
  address: '12 Rose Lane, Leeds LS1 4AB',
  cards: [
    { id: 'card-1', scheme: 'Visa', last4: '4021', frozen: false, pinBlocked: false },
    { id: 'card-2', scheme: 'Mastercard', last4: '7735', frozen: false, pinBlocked: true },
  ],
  balances: { GBP: 1840.5, EUR: 120 },
  exchanged: 350,
  delivery: { card: 'card-2', due: -6 },
  payments: [
    { reference: '204518', kind: 'card', to: 'Blue Door Café', amount: 12.4, day: -1 },
    { reference: '204511', kind: 'card', to: 'Northline Trains', amount: 48.2, day: -3 },
    { reference: '204510', kind: 'card', to: 'Northline Trains', amount: 48.2, day: -3 },
    { reference: '203977', kind: 'direct debit', to: 'Lumen Streaming', amount: 9.99, day: -5 },
    { reference: '203850', kind: 'cash', to: 'Cash machine, High Street', amount: 100, day: -6 },
    { reference: '203611', kind: 'card', to: 'Parcel & Pine', amount: 64, day: -9 },
    { reference: '203120', kind: 'direct debit', to: 'Quayside Gym', amount: 30, day: -12 },
  ],
  topUps: [
    { reference: '551318', amount: 200, status: 'pending', note: 'your card’s bank has not confirmed it yet' },
    { reference: '551204', amount: 50, status: 'failed', note: 'your card’s bank declined it' },
    { reference: '550877', amount: 75, status: 'reverted', note: 'the security check (3-D Secure) was not completed' },
    { reference: '550790', amount: 500, status: 'completed', note: 'it is on your balance' },
  ],
  transfers: [
    { reference: '770142', to: 'Sam Okafor', amount: 120, status: 'pending' },
    { reference: '770138', to: 'Kirkgate Lettings', amount: 850, status: 'pending' },
    { reference: '770101', to: 'Jo Rivers', amount: 35, status: 'completed' },
  ],
}

/** A new customer with one card, frozen, and nothing else yet. */
export const sam: Account = {
  born: '2001-09-03',
  address: '4 Mill Street, Bristol BS2 0QP',
  cards: [{ id: 'card-1', scheme: 'Visa', last4: '9310', frozen: true, pinBlocked: false }],
  balances: { GBP: 25 },
  exchanged: 0,
  delivery: null,
  payments: [],
  topUps: [],
  transfers: [],
}
