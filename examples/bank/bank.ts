/**
 * The bank behind the bot, as far as its dialogs need it. A real one would call the core-banking system; the one in
 * `memory.ts` keeps sample accounts, so that the example runs on its own.
 *
 * What the bank declines to do is a value, a {@link Refusal}: the dialog tells the customer why. An error that is
 * thrown means that the bank could not be asked at all.
 *
 * Whatever changes something takes a `key`. A second call with the same key does nothing and gives the first one's
 * result, so that a dialog's commit can be repeated after a crash.
 */
export interface Bank {
  cards(person: string): Promise<Card[]>
  /** The postal address that new cards go to. */
  address(person: string): Promise<string>
  /** Stops every payment with a card. Refused where it is frozen already. */
  freeze(person: string, card: string, key: string): Promise<{ frozen: string } | Refusal>
  /** Orders a new card in place of `card`, to another address where one is given. */
  replaceCard(person: string, order: CardOrder, key: string): Promise<Delivery>
  /** The card that is in the post, if one is. */
  delivery(person: string): Promise<Delivery | null>

  /** Payments of the last 30 days, newest first. */
  payments(person: string): Promise<Payment[]>
  /** Opens a dispute and gives its reference. Refused where the payment has one. */
  dispute(person: string, claim: Claim, key: string): Promise<{ reference: string } | Refusal>
  /** Asks the shop for the money back. Refused for cash, and where it was asked already. */
  refund(person: string, claim: Claim, key: string): Promise<{ reference: string } | Refusal>

  /** What an exchange would give now. Refused where the balance is too low or the two currencies are one. */
  quote(person: string, exchange: Exchange): Promise<Quote | Refusal>
  /** Exchanges at the quoted rate. Refused where the balance no longer covers it. */
  exchange(person: string, quote: Quote, key: string): Promise<{ balance: number } | Refusal>

  topUp(person: string, reference: string): Promise<TopUp | null>
  /** Charges the card of a top-up that failed or came back once more. Refused while it is pending. */
  retryTopUp(person: string, reference: string, key: string): Promise<{ reference: string } | Refusal>

  transfers(person: string): Promise<Transfer[]>
  /** Refused once the money has left. */
  cancelTransfer(person: string, reference: string, key: string): Promise<{ cancelled: string } | Refusal>

  /** Whether a date of birth (`1990-04-12`) is the customer's. `locked` after three that were not. */
  knows(person: string, born: string): Promise<'yes' | 'no' | 'locked'>
  /** Lets a card's PIN be set anew for 24 hours, and unblocks it. */
  resetPin(person: string, card: string, key: string): Promise<{ until: string }>
  /** Whom the code of an identity check was given to; null for none. */
  whose(code: string): Promise<string | null>
  /** Lets the person into the account of another one, who is the same. */
  connect(person: string, other: string, key: string): Promise<{ connected: string }>
  /** Opens an identity check and gives the code that starts it in the app. Refused under the age of 18. */
  checkIdentity(person: string, papers: Papers, key: string): Promise<{ code: string } | Refusal>
}

/** Why the bank does not do something, in words for the customer. */
export type Refusal = { refused: string }

/** The currencies that a customer can hold, ISO 4217. */
export type Currency = 'GBP' | 'EUR' | 'USD' | 'AUD' | 'CAD' | 'CHF' | 'JPY' | 'PLN'

export type Card = { id: string; scheme: 'Visa' | 'Mastercard'; last4: string; frozen: boolean; pinBlocked: boolean }

export type CardOrder = { card: string; address: string | null }

/** `due` is a date, `2026-11-20`. */
export type Delivery = { card: string; last4: string; due: string; late: boolean }

/** `reference` has six digits, `amount` is in pounds, `date` is `2026-11-20`. */
export type Payment = {
  reference: string
  kind: 'card' | 'direct debit' | 'cash'
  to: string
  amount: number
  date: string
}

export type Claim = { payment: string; reason: string }

export type Exchange = { amount: number; from: Currency; to: Currency }

/** `receives` and `rate` are of the target currency; `fee` is of the source currency and comes on top of the amount. */
export type Quote = Exchange & { rate: number; fee: number; receives: number }

export type TopUp = {
  reference: string
  amount: number
  status: 'pending' | 'failed' | 'reverted' | 'completed'
  note: string
}

export type Transfer = { reference: string; to: string; amount: number; status: 'pending' | 'completed' }

/** `born` is a date, `1990-04-12`. */
export type Papers = { document: string; born: string }
