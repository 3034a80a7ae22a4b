/** Adding money, and currencies: one written answer an intent. */
export const topUps = {
  automatic_top_up: {
    title: 'Automatic top-up',
    answer:
      'Tap **Top up → Automatic** and choose: whenever your balance falls below an amount, or on a day of the ' +
      'week or month. It uses the debit card that you saved, up to £1,000 a day, and works while you travel. ' +
      'Switch it off in the same place.',
  },
  balance_not_updated_after_cheque_or_cash_deposit: {
    title: 'My cash or cheque deposit is missing',
    answer:
      'Cash paid in at a Post Office shows within two hours. A cheque that you photographed before 4 pm on a ' +
      'working day is on your balance by the end of the second working day after. If yours is later, open ' +
      '**Top up → History**, tap the deposit and choose **Get help**; have the receipt or the cheque at hand.',
  },
  exchange_charge: {
    title: 'Fees for exchanging money',
    answer:
      'Exchanging in the app is free up to £1,000 a month, or the same in another currency. Above that we ' +
      'charge 0.5% of the rest. You see the fee before you confirm.',
  },
  exchange_rate: {
    title: 'Exchange rates',
    answer:
      'We use the live interbank rate, with nothing added, and it changes every few seconds while the markets ' +
      'are open. Tap **Exchange** in the app to see it, or tell me an amount and two currencies and I will ' +
      'quote it.',
  },
  fiat_currency_support: {
    title: 'Currencies I can hold',
    answer:
      'You can hold and exchange British pounds (GBP), euros (EUR), US dollars (USD), Australian dollars ' +
      '(AUD), Canadian dollars (CAD), Swiss francs (CHF), Japanese yen (JPY) and Polish złoty (PLN). Open ' +
      'another balance with **Accounts → Add currency**; it is free.',
  },
  supported_cards_and_currencies: {
    title: 'Cards and currencies for top-ups',
    answer:
      'You can top up with a Visa or Mastercard debit or credit card in GBP, EUR, USD, AUD, CAD, CHF, JPY or ' +
      'PLN. American Express, prepaid cards and cryptocurrency are not accepted.',
  },
  top_up_by_bank_transfer_charge: {
    title: 'Fees for topping up by transfer',
    answer:
      'We charge nothing for transfers that come in, whether from the UK, in euros (SEPA) or by SWIFT. Banks ' +
      'on the way of a SWIFT transfer may keep a fee of their own, usually £5 to £20: ask the sender to choose ' +
      '**OUR** to pay it for you.',
  },
  top_up_by_card_charge: {
    title: 'Fees for topping up by card',
    answer:
      'Debit cards from the UK and the European Economic Area are free. Credit cards, and any card from ' +
      'elsewhere such as the US, cost 1.5%. The fee is shown before you confirm.',
  },
  top_up_by_cash_or_cheque: {
    title: 'Top up with cash or a cheque',
    answer:
      'Both work. Pay in cash at any Post Office with your card: £1 a deposit, £1,000 a day at most. ' +
      'Photograph a UK cheque of up to £1,000 under **Top up → Cheque**: it is free and takes two working days.',
  },
  top_up_limits: {
    title: 'Top-up limits',
    answer:
      'By card you can add from £10 to £5,000 at a time and £10,000 a day. Bank transfers have no limit. Your ' +
      'own figures, with what is left of them today, are under **Profile → Limits**.',
  },
  topping_up_by_card: {
    title: 'Top up by card',
    answer:
      'Tap **Top up → Card**, type the amount and the card’s details, and confirm with your bank. The money is ' +
      'on your balance within a minute. If it is not, tell me that your top-up is pending and I will look it ' +
      'up.',
  },
  verify_source_of_funds: {
    title: 'Where my money comes from',
    answer:
      'Every payment in, with who sent it, is listed under **Accounts → Statement**. If we asked *you* for the ' +
      'source of your funds, upload a payslip, a contract of sale or a bank statement under **Profile → ' +
      'Documents**; we check it within two working days.',
  },
  verify_top_up: {
    title: 'Top-up verification code',
    answer:
      'The first time you top up with a card we charge it a small amount that has a six-digit code in its ' +
      'description. Find the charge in that card’s statement, type the code under **Top up → Verify card**, ' +
      'and we return the amount within a day. It shows us that the card is yours.',
  },
}
