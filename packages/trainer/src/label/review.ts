import type { Card, State } from './card.js'
import { type Decision, type DecisionFile, lastOf } from './decisions.js'
import { decided, type Item } from './items.js'
import { nearest, next, type Study } from './study.js'

/** Items that are queued at once; then the queue is made anew, from what has been decided. */
const BATCH = 50

/** Turns of the conversation, but for those of neither side, that are shown before and after. */
const CONTEXT = 3

/** What a person may say of the current item. */
export type Verdict = Pick<Decision, 'decision' | 'intent'>

/** Goes through the items one by one and writes down what is decided: what the terminal and the page are views of. */
export class Review {
  private queue: Item[] = []
  private readonly byTurn: ReadonlyMap<string, Item>

  constructor(
    private readonly items: readonly Item[],
    private readonly study: Study,
    private readonly file: DecisionFile,
    private readonly by: string,
  ) {
    this.byTurn = new Map(
      items.flatMap((item) => item.requests.map(({ conversation, turn }) => [`${turn} ${conversation.id}`, item])),
    )
    this.fill()
  }

  state(): State {
    const decisions = decided(this.items, this.file.events)
    const [item] = this.queue
    const decision = item && decisions.get(item.key)
    return {
      card: item ? this.card(item, decision) : null,
      decided: decisions.size,
      items: this.items.length,
      left: this.items.length - decisions.size,
      intents: this.intents(),
      canUndo: lastOf(this.file.events, this.by) !== undefined,
    }
  }

  /** Decides about the current item, if it still is the one that was seen, and goes on to the next. */
  async decide({ decision, intent }: Verdict, seen: Pick<Card, 'conversation' | 'turn'>): Promise<void> {
    const [item] = this.queue
    const [first] = item?.requests ?? []
    if (!item || !first || first.conversation.id !== seen.conversation || first.turn !== seen.turn) return
    this.queue.shift()
    try {
      await this.file.append({
        at: Date.now(),
        by: this.by,
        ...{ conversation: seen.conversation, turn: seen.turn, decision },
        ...(intent !== undefined && { intent }),
      })
    } catch (error) {
      this.queue.unshift(item)
      throw error
    }
    this.fill()
  }

  /** Takes the last decision of this person back, and shows its item again. */
  async undo(): Promise<void> {
    const last = lastOf(this.file.events, this.by)
    if (!last) return
    const { conversation, turn } = last
    await this.file.append({ at: Date.now(), by: this.by, conversation, turn, decision: 'undo' })
    const item = this.byTurn.get(`${turn} ${conversation}`)
    if (item) this.queue = [item, ...this.queue.filter((one) => one !== item)]
  }

  private fill(): void {
    if (this.queue.length === 0) this.queue = next(this.items, this.study, this.file.events, BATCH)
  }

  private intents(): string[] {
    const named = [
      ...this.study.intents,
      ...this.items.flatMap(({ votes }) => [...votes.values()]),
      ...this.file.events.flatMap(({ intent }) => intent ?? []),
    ]
    return [...new Set(named)].sort()
  }

  private card(item: Item, decision: Decision | undefined): Card {
    const { conversation, turn } = item.requests[0] as Item['requests'][number]
    const opinion = this.study.opinions.get(item.key)
    const ranking = (opinion?.ranking ?? []).map((one) => ({
      ...one,
      nearest: opinion ? nearest(this.study.known, opinion.embedding, one.intent, 2) : [],
    }))
    const said = conversation.turns
      .map((one, i) => ({ ...one, here: i === turn }))
      .filter(({ role }) => role !== 'system')
    const at = said.findIndex(({ here }) => here)
    return {
      text: item.text,
      count: item.requests.length,
      conversation: conversation.id,
      turn,
      context: said.slice(Math.max(0, at - CONTEXT), at + CONTEXT + 1).map(({ role, text, action, here }) => ({
        role,
        text,
        ...(action !== undefined && { action }),
        here,
      })),
      votes: [...item.votes].map(([name, intent]) => ({ name, intent })),
      ranking,
      outOfScope: opinion?.outOfScope ?? false,
      suggestion: item.weak?.intent ?? ranking[0]?.intent ?? null,
      decision: decision
        ? { decision: decision.decision, ...(decision.intent !== undefined && { intent: decision.intent }) }
        : null,
    }
  }
}
