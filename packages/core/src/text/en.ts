import type { Language } from './texts.js'

const whole = (body: string) => new RegExp(`^(?:please )?(?:${body})(?:,? (?:please|thanks))?[\\s.!?]*$`, 'i')

export const en: Language = {
  texts: {
    yes: 'Yes',
    no: 'No',
    skip: 'Skip',
    needed: 'Sorry, I cannot go on without that.',
    invalid: 'Sorry, I did not get that.',
    rephrase: 'Sorry, I did not understand that. Could you say it in other words?',
    suggest: 'I still do not understand. Is it one of these?',
    clarify: 'Which of these do you mean?',
    noneOfThese: 'None of these',
    help: 'Here are some of the things I can help with. You can also type "cancel", "repeat", or "human" at any time.',
    greet: 'Hello! How can I help you?',
    thanks: 'You are welcome. Is there anything else?',
    bye: 'Goodbye!',
    nothingToRepeat: 'I have not said anything yet. How can I help you?',
    nothingToCancel: 'There is nothing to cancel. How can I help you?',
    cancelled: (title) => `All right, I have cancelled "${title}".`,
    backTo: (title) => `Back to "${title}".`,
    changed: (label, value) => `Changed the ${label} to ${value}.`,
    closed: (label) => `The ${label} cannot be changed any more: it has been used already.`,
    handoff: 'I am passing you on to a colleague, who will answer here. Type "bot" to come back to me.',
    returned: 'I am back. How can I help you?',
    nobody: 'Sorry, no colleague was free in time, so I am back. How can I help you?',
    deskNeeded: (name, channel, reason) => `**${name}** (${channel}) needs a person: ${reason}.`,
    deskAbout: (dialogs) => `It was about: ${dialogs}.`,
    deskDone: 'Give back to the bot',
    deskReturned: 'The bot has this conversation again. What you write here takes it over once more.',
    deskGone: 'This conversation is no longer kept, so nobody can read what you write here.',
    remind: 'Are you still there?',
    expired: (title) => `I have closed "${title}", as I did not hear from you. Write to me any time.`,
    failed: 'Sorry, something went wrong on our side. Please try again, or type "human" to speak to a person.',
    later: 'We are being updated. I have kept your message and will answer as soon as I can.',
    gone: 'Sorry, I can no longer help with what we were talking about.',
    tooLong: (limit) => `That is more than I can read at once. Please keep it under ${limit} characters.`,
    empty: 'I received an empty message. How can I help you?',
    unheard: 'Sorry, I could not understand your voice message. Could you write it to me instead?',
  },
  commands: {
    cancel: whole('cancel|(?:oh )?never ?mind|stop|forget (?:it|that|about it)|abort|quit|exit'),
    skip: whole("skip(?: (?:it|this|that))?|pass|next|(?:i )?(?:do not|don't) (?:know|have (?:it|one))|no idea"),
    repeat: whole(
      'repeat(?: that)?|(?:can you )?say (?:that|it) again|what did you (?:say|ask)(?: again)?|pardon(?: me)?|come again',
    ),
    help: whole('help(?: me)?|what can you do|menu|options'),
    human: whole(
      '(?:(?:can|could|may) i |i (?:want|need|would like)(?: to)? |let me |get me )?(?:(?:speak|talk|chat)(?:ing)? (?:to|with) )?(?:an? )?(?:real |live |human )?(?:human|person|agent|someone|somebody|representative|operator|advisor|colleague)',
    ),
    bot: whole('(?:back to |give me )?(?:the )?bot'),
    greet: whole('hi|hello|hey|hi there|hello there|hey there|good (?:morning|afternoon|evening|day)|greetings'),
    thanks: whole(
      '(?:(?:brilliant|great|perfect|lovely|cool|super|good|excellent|ok(?:ay)?),? )?(?:thanks?|thank you(?: (?:very|so) much)?|thanks a lot|many thanks|cheers)',
    ),
    bye: whole(
      "(?:thanks?(?: you)?,? )?(?:bye|good ?bye|bye bye|see you(?: later)?|that is all|that's all|nothing else)",
    ),
  },
  correction: /\b(?:sorry|actually|i meant?|i mean|correction|rather|instead|wrong|mistake|not .+ but)\b|^no\b/i,
  change: /\b(?:change|correct|fix|update|edit)\b (?:the |my )?(.{2,60}?)(?: to\b|[.!?]|$)/i,
}
