/** Getting, using and keeping a card: one written answer an intent. */
export const cards = {
  activate_my_card: {
    title: 'Activate my card',
    answer:
      'Open **Card → Activate** in the app and type the last four digits of the new card. It works straight ' +
      'away; contactless switches on after your first payment with the PIN.',
  },
  atm_support: {
    title: 'Which cash machines I can use',
    answer:
      'Your card works at every cash machine that shows the Visa or Mastercard sign that is on it, in the UK ' +
      'and abroad. Withdrawals are free up to £200 a month, then cost 2%; some operators add a fee of their ' +
      'own, which the machine must show you first.',
  },
  card_about_to_expire: {
    title: 'My card is about to expire',
    answer:
      'There is nothing you need to do: we post a new card to your address 30 days before the old one expires, ' +
      'free of charge. The old one works until the last day of the month printed on it. If you have moved, ' +
      'update your address first under **Profile → Address**.',
  },
  card_acceptance: {
    title: 'Where my card is accepted',
    answer:
      'You can pay with it in more than 200 countries, wherever the Visa or Mastercard sign on your card is ' +
      'shown: shops, online, restaurants and filling stations. A self-service pump or a hotel may hold a ' +
      'deposit for a few days.',
  },
  card_delivery_estimate: {
    title: 'How long card delivery takes',
    answer:
      'Standard delivery is free and takes 5 working days in the UK and 10 in the rest of the world. Express ' +
      'delivery costs £9.99 and takes 2 working days in the UK and 4 elsewhere; choose it when you order.',
  },
  card_linking: {
    title: 'Add a card to the app',
    answer:
      'Open **Card → Add card** and type the 16 digits on the front. A card that you froze and then found is ' +
      'still there: open it and tap **Unfreeze**. One that you reported as lost or stolen cannot be used ' +
      'again, so please cut it up.',
  },
  card_not_working: {
    title: 'My card is not working',
    answer:
      'Check under **Card** that it is activated and not frozen, and that your balance covers the payment. ' +
      'Then pay once with the chip and your PIN, which resets most problems. If that fails as well, order a ' +
      'free replacement under **Card → Replace**.',
  },
  contactless_not_working: {
    title: 'Contactless is not working',
    answer:
      'Make one payment with the chip and your PIN: the terminal asks for this after five contactless payments ' +
      'in a row and on new cards. Check too that **Card → Settings → Contactless** is on. A single contactless ' +
      'payment can be £100 at most.',
  },
  disposable_card_limits: {
    title: 'Disposable card limits',
    answer:
      'You can create up to 5 disposable cards a day, and each is good for one payment of up to £1,000. They ' +
      'do not suit hotels, car hire or subscriptions, which charge a card more than once; use an ordinary ' +
      'virtual card there.',
  },
  get_disposable_virtual_card: {
    title: 'Get a disposable virtual card',
    answer:
      'Tap **Card → New card → Disposable** and the details appear at once, free of charge. They work for one ' +
      'online payment and then replace themselves, so a shop that leaks them leaks nothing.',
  },
  get_physical_card: {
    title: 'Find my card PIN',
    answer:
      'The PIN does not come in the post with the card. Tap **Card → Show PIN** in the app and confirm with ' +
      'your fingerprint, face or passcode; it is shown for ten seconds.',
  },
  getting_spare_card: {
    title: 'Get a spare card',
    answer:
      'You can have two extra cards on one account. Each costs £5, once, and standard delivery is included: ' +
      '**Card → New card → Physical**. All of them share your balance and have their own PIN.',
  },
  getting_virtual_card: {
    title: 'Get a virtual card',
    answer:
      'Tap **Card → New card → Virtual**. It is free, ready in seconds, and you can have five at a time. ' +
      'Nothing is posted: its number, expiry date and security code are in the app under **Card**.',
  },
  lost_or_stolen_phone: {
    title: 'My phone was lost or stolen',
    answer:
      'Nobody can open the app without your passcode, fingerprint or face, and your card goes on working. Sign ' +
      'in at our website, tap **Security → Devices** and remove the phone; do the same for Apple Pay or Google ' +
      'Pay with Apple or Google. Then install the app on another phone and confirm it with your card.',
  },
  order_physical_card: {
    title: 'Order a card',
    answer:
      'Tap **Card → New card → Physical** and check your address. Your first card is free, and so is standard ' +
      'delivery of 5 working days in the UK. We deliver to every country where you can hold an account.',
  },
  passcode_forgotten: {
    title: 'I forgot my passcode',
    answer:
      'Tap **Forgot passcode?** on the sign-in screen. We send a link to the email address we have for you, ' +
      'ask for a short selfie video, and you choose a new passcode; it takes about three minutes.',
  },
  virtual_card_not_working: {
    title: 'My virtual card is not working',
    answer:
      'A disposable card stops after its first payment, so subscriptions, hotels and gyms refuse it: use an ' +
      'ordinary virtual card there. For an ordinary one, check under **Card** that it is not frozen and that ' +
      'the billing address you gave the shop is the one in **Profile → Address**.',
  },
  visa_or_mastercard: {
    title: 'Visa or Mastercard',
    answer:
      'Both: you choose when you order a card, and fees and limits are the same. You may also hold one of each ' +
      'by ordering a spare card for £5.',
  },
}
