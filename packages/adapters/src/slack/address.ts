/** Where to answer in Slack. */
export type Address = {
  /** The workspace, `T1`; `E1.T1` where the app is installed for a whole organisation. */
  team: string
  channel: string
  /** The message whose thread it is in. */
  thread?: string
  /** The last message that came from there: what is said in answer is newer. */
  ts?: string
  user?: string
}

export function isDirect(channel: string): boolean {
  return channel.startsWith('D')
}

/**
 * A thread in a channel is a conversation, and so is each chat of an app that is an assistant; any other direct channel is
 * one conversation, in whatever thread of it somebody answers.
 */
export function conversationOf({ team, channel, thread }: Address, assistant: boolean): string {
  return `slack:${team}:${channel}${thread !== undefined && (assistant || !isDirect(channel)) ? `:${thread}` : ''}`
}
