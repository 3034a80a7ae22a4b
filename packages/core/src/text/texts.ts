/** Every text that the engine itself says, in one language. */
export interface Texts {
  yes: string
  no: string
  skip: string
  /** Skipping a question that must be answered. */
  needed: string
  /** An answer that does not fit. */
  invalid: string
  rephrase: string
  suggest: string
  clarify: string
  noneOfThese: string
  help: string
  greet: string
  thanks: string
  bye: string
  nothingToRepeat: string
  nothingToCancel: string
  cancelled(title: string): string
  backTo(title: string): string
  changed(label: string, value: string): string
  /** A slot whose value has been used in a commit. */
  closed(label: string): string
  handoff: string
  returned: string
  /** Nobody took the conversation over in time. */
  nobody: string
  /** To the people at the desk: who needs somebody, on which channel, and why. */
  deskNeeded(name: string, channel: string, reason: string): string
  /** To the people at the desk: the names of the dialogs before. */
  deskAbout(dialogs: string): string
  /** The button at the desk that gives a conversation back. */
  deskDone: string
  /** To the people at the desk: the bot has a conversation back. */
  deskReturned: string
  /** To the people at the desk: the customer's conversation is no longer kept. */
  deskGone: string
  remind: string
  expired(title: string): string
  /** The classifier has too much to do to read what was said. */
  busy: string
  failed: string
  /** The conversation belongs to a version of the bot that is not running now. */
  later: string
  /** A dialog under way that a deploy has removed. */
  gone: string
  tooLong(limit: number): string
  empty: string
  /** A file that nobody has asked for, and not a word with it. */
  file: string
  /** A voice message that nobody could turn into text. */
  unheard: string
}

/** Things that people say to any bot, whatever it is for. */
export type Command = 'cancel' | 'skip' | 'repeat' | 'help' | 'human' | 'bot' | 'greet' | 'thanks' | 'bye'

/** How a language is spoken to a bot, and what the bot says back. */
export interface Language {
  texts: Texts
  /** A whole message that is a command. */
  commands: Record<Command, RegExp>
  /** Words that announce a correction. */
  correction: RegExp
  /** "Change the …": the first group is what to change. */
  change: RegExp
}
