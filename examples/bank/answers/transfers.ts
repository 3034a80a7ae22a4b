/** Bank transfers, out and in: one written answer an intent. */
export const transfers = {
  balance_not_updated_after_bank_transfer: {
    title: 'A transfer to me has not arrived',
    answer:
      'From a UK bank it takes up to two hours, in euros one working day, and by SWIFT up to five. If yours is ' +
      'later, compare the account number and the name that you gave the sender with **Accounts → Details**, ' +
      'and ask for a proof of payment: with it we can trace the money.',
  },
  beneficiary_not_allowed: {
    title: 'I cannot pay this person',
    answer:
      'Transfers to some recipients are blocked: cryptocurrency exchanges, gambling companies, countries under ' +
      'sanctions, and accounts whose name does not match. Check the name and the account number under ' +
      '**Payments → Recipients**. If they are right and it is none of these, tap the transfer and choose **Get ' +
      'help**.',
  },
  declined_transfer: {
    title: 'My transfer was declined',
    answer:
      'Tap the transfer to see why. It is mostly the balance, your daily limit of £10,000 or a security check ' +
      'that waits for you in the app. Nothing was taken; put it right and send it again.',
  },
  failed_transfer: {
    title: 'My transfer failed',
    answer:
      'The recipient’s bank could not accept it, usually because a digit of the account number or IBAN is ' +
      'wrong. The money is back on your balance within an hour. Correct the details under **Payments → ' +
      'Recipients** and try once more.',
  },
  pending_transfer: {
    title: 'My transfer is pending',
    answer:
      'UK transfers leave within two hours, transfers in euros within one working day, and SWIFT transfers ' +
      'take up to five working days; public holidays do not count. If the app shows **Action needed**, confirm ' +
      'the transfer there. While it is pending I can cancel it for you.',
  },
  receiving_money: {
    title: 'Receive money or my salary',
    answer:
      'Yes, anybody can pay you, also your employer: give them the details under **Accounts → Details**. Money ' +
      'in GBP, EUR, USD, AUD, CAD, CHF, JPY or PLN stays in that currency; anything else is converted to ' +
      'pounds when it arrives. Receiving is free.',
  },
  transfer_fee_charged: {
    title: 'A fee on my transfer',
    answer:
      'UK and euro (SEPA) transfers are free; a SWIFT transfer costs £5. Banks on its way may keep something ' +
      'more, so that the recipient gets less: choose **I pay all fees** before you send it and the full amount ' +
      'arrives.',
  },
  transfer_into_account: {
    title: 'Top up by bank transfer',
    answer:
      'Send the money to the account number and sort code (or IBAN) under **Accounts → Details**, from an ' +
      'account in your own name. It is free, has no limit, and takes up to two hours from a UK bank or one ' +
      'working day in euros.',
  },
  transfer_not_received_by_recipient: {
    title: 'My transfer has not reached the recipient',
    answer:
      'If the app shows **Completed**, the money has left us and the recipient’s bank is adding it: up to two ' +
      'hours in the UK, one working day in euros, five by SWIFT. After that, tap **Transfer → Trace**; we ask ' +
      'the other bank and tell you within two working days.',
  },
  transfer_timing: {
    title: 'How long transfers take',
    answer:
      'Within the UK up to two hours, in euros (SEPA) one working day, and from or to anywhere else, such as ' +
      'the US or China, two to five working days by SWIFT. Weekends and public holidays do not count.',
  },
}
