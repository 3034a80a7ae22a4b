/** Card payments and cash: one written answer an intent. */
export const payments = {
  Refund_not_showing_up: {
    title: 'My refund has not arrived',
    answer:
      'A shop that says it has refunded you needs up to 10 working days to reach your card, and the money ' +
      'keeps the date of the original payment, so look there. If it is later than that, ask the shop for the ' +
      '*acquirer reference number* and send it to us under **Payment → Get help**: with it we can find the ' +
      'money.',
  },
  apple_pay_or_google_pay: {
    title: 'Apple Pay and Google Pay',
    answer:
      'To top up, tap **Top up → Apple Pay** or **Google Pay**; the money arrives at once. The card in your ' +
      'wallet must be a Visa or Mastercard: American Express is not accepted. To pay with your own card of ' +
      'ours, tap **Card → Add to wallet**.',
  },
  card_payment_fee_charged: {
    title: 'A fee on a card payment',
    answer:
      'We charge nothing for card payments, in any currency. A fee on one was added by the shop, or by its ' +
      'terminal if you chose to pay in pounds while abroad: open the payment and compare it with your receipt. ' +
      'If you did not agree to the fee, tap **Get help** there and we will claim it back.',
  },
  card_payment_wrong_exchange_rate: {
    title: 'Wrong exchange rate on a card payment',
    answer:
      'We use the Visa or Mastercard rate at the moment when the shop *completes* the payment, often one to ' +
      'three days after you paid, and add nothing to it. Open the payment to see that rate. If the terminal ' +
      'offered to charge you in pounds, the shop set the rate, and it is usually worse.',
  },
  cash_withdrawal_charge: {
    title: 'A fee on a cash withdrawal',
    answer:
      'Withdrawals are free up to £200 a month; above that we charge 2% of the rest. Anything more was added ' +
      'by the operator of the machine. Open the withdrawal in the app to see how the fee is made up.',
  },
  declined_card_payment: {
    title: 'My card payment was declined',
    answer:
      'Tap the declined payment in the app: it says why. Mostly the balance was too low, the card is frozen, ' +
      'the PIN or security code was wrong, or online payments are switched off under **Card → Settings**. Put ' +
      'that right and try again; nothing was taken.',
  },
  declined_cash_withdrawal: {
    title: 'My cash withdrawal was declined',
    answer:
      'You can take out £500 a day, and **Card → Settings → Cash** must be on. Check your balance, then try ' +
      'another bank’s machine with a smaller amount. If the app says *PIN blocked*, tell me so and I will ' +
      'unblock it.',
  },
  pending_card_payment: {
    title: 'My card payment is pending',
    answer:
      'The shop has reserved the money but not collected it yet; most do within 3 working days. We cannot ' +
      'cancel a pending payment, but the shop can. If it is never collected, the money is back on your balance ' +
      'after 7 days.',
  },
  pending_cash_withdrawal: {
    title: 'My cash withdrawal is pending',
    answer:
      'The machine’s bank confirms withdrawals once a day, so *pending* for a day is normal even with the cash ' +
      'in your hand. If the machine gave you nothing, the money is back on your balance within 7 days, usually ' +
      'the next day.',
  },
  'reverted_card_payment?': {
    title: 'A payment came back',
    answer:
      'The shop cancelled the payment or did not collect it within 7 days, so we put the money back on your ' +
      'balance. If you still want what you bought, please pay again; if the shop says it was never paid, this ' +
      'is why.',
  },
  wrong_exchange_rate_for_cash_withdrawal: {
    title: 'Wrong exchange rate on a cash withdrawal',
    answer:
      'We use the Visa or Mastercard rate of the day and add nothing but 2% on what goes over £200 a month. If ' +
      'the machine offered to convert to pounds and you accepted, its operator set the rate: next time choose ' +
      '**without conversion**.',
  },
}
