import type { ChannelHost, Choice, Json } from '@colloquy/core'

/** What one turn has offered, message by message. */
type Menu = { turn: string; offers: [message: string, choices: Choice[]][] }

/**
 * Choices that are numbered in a text, and chosen by typing a number: the last ones of each chat are kept across restarts,
 * until the bot says something else.
 */
export class Menus {
  constructor(private readonly kept: ChannelHost['kept']) {}

  /** Takes note of what a message offers, and gives the number of its first choice. */
  async offer(chat: string, message: string, choices: Choice[]): Promise<number> {
    // `conversation.version.n`: messages of one turn stand on the screen together.
    const turn = message.slice(0, message.lastIndexOf('.'))
    const before = await this.load(chat)
    const offers = before?.turn === turn ? before.offers.filter(([id]) => id !== message) : []
    const first = offers.flatMap(([, offered]) => offered).length + 1
    if (choices.length > 0) await this.kept.set(key(chat), { turn, offers: [...offers, [message, choices]] } as Json)
    else if (before && before.turn !== turn) await this.kept.delete(key(chat))
    return first
  }

  /** The choice whose number somebody has typed, where the text is one. */
  async chosen(chat: string, text: string): Promise<Choice | undefined> {
    const number = /^\s*#?(\d{1,2})[\s.)]*$/.exec(text.normalize('NFKC').replace(/[\uFE0F\u20E3]/g, ''))?.[1]
    if (number === undefined) return undefined
    return (await this.all(chat))[Number(number) - 1]
  }

  /** All choices that can be chosen now. */
  async all(chat: string): Promise<Choice[]> {
    return ((await this.load(chat))?.offers ?? []).flatMap(([, choices]) => choices)
  }

  async forget(chat: string): Promise<void> {
    await this.kept.delete(key(chat))
  }

  private async load(chat: string): Promise<Menu | undefined> {
    return (await this.kept.get(key(chat))) as Menu | undefined
  }
}

/** Choices as lines to choose from by number. */
export function numbered(choices: readonly Choice[], first: number): string {
  return choices.map(({ label }, n) => `${first + n}. ${label}`).join('\n')
}

function key(chat: string): string {
  return `menu:${chat}`
}
