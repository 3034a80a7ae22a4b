import { keep, kept } from './kept.js'
import type { Line } from './transcript.js'

/** Remembers that the customer saw these lines. */
export function see(server: URL, lines: Line[]): void {
  const last = lines.findLast(({ from }) => from === 'bot')
  if (last) keep(server, 'seen', String(last.at))
}

/** How many of the bot's lines came after the last that the customer saw, in this tab or another. */
export function unread(server: URL, lines: Line[]): number {
  const seen = Number(kept(server, 'seen') ?? Number.POSITIVE_INFINITY)
  return lines.filter(({ from, at }) => from === 'bot' && at > seen).length
}
