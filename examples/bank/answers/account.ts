/** The account and the person who holds it: one written answer an intent. */
export const account = {
  age_limit: {
    title: 'Age limits',
    answer:
      'You must be 18 to open an account. A parent who has one can add a **Junior** account for a child from 7 ' +
      'to 17 under **Accounts → Junior**, with a card and limits of its own.',
  },
  country_support: {
    title: 'Countries we support',
    answer:
      'You can open an account if you live in the UK or in a country of the European Economic Area. We cannot ' +
      'do so yet in the US, Canada, Asia or Australia. Once you have a card, you can use it nearly everywhere.',
  },
  edit_personal_details: {
    title: 'Change my personal details',
    answer:
      'Address, phone and email are under **Profile**: change them there and confirm with your passcode. For a ' +
      'new name, upload a marriage certificate or deed poll under **Profile → Name**; we check it within one ' +
      'working day.',
  },
  terminate_account: {
    title: 'Close my account',
    answer:
      'We are sorry to see you go. Move your money elsewhere, then tap **Profile → Close account**; it takes ' +
      'effect the same day, your cards stop working, and statements stay available by email for six years. If ' +
      'something went wrong, say **talk to a person** and we will try to put it right first.',
  },
  why_verify_identity: {
    title: 'Why we verify identity',
    answer:
      'The law asks every bank to know its customers, to prevent fraud and money laundering. Until we know ' +
      'you, you can look around the app but not add or send money. We keep the documents encrypted and never ' +
      'use them for advertising.',
  },
}
