import type { Dialog } from '../dialog/dialog.js'
import { maskJson } from '../log/mask.js'
import type { Classifier } from '../nlu/classifier.js'
import type { Store } from '../store/store.js'
import type { TurnRecord } from '../telemetry.js'
import { documentView } from './document.js'
import { explain } from './explain.js'
import type { ConversationLine, ConversationView, ExplanationView, TurnView } from './view.js'

/** How many turns are remembered, and how many events of a conversation are shown. */
const TURNS = 200
const EVENTS = 300

interface Remembered {
  conversation: string
  channel: string
  person: string
  view: TurnView
}

/** Remembers the last turns of this process, without personal values, and tells about their conversations. */
export class Inspector {
  private turns: Remembered[] = []
  private readonly listeners = new Set<(conversation: string) => void>()

  constructor(
    private readonly store: Store,
    private readonly dialogs: ReadonlyMap<string, Dialog>,
    private readonly classifier: Classifier,
  ) {}

  /** Told of every turn when it has ended. Duplicates and ratings decide nothing, and are passed over. */
  observe({ message, started, took, stages, decided, failed }: TurnRecord): void {
    if (!decided && failed === undefined) return
    const { id, conversation, channel, person } = message
    const why = decided && explain(decided.situation, decided.decision)
    const view: TurnView = {
      message: id,
      at: started,
      took,
      stages: [...stages].map(([stage, took]) => ({ stage, took })),
      ...(failed !== undefined && { failed }),
      ...(why && { why: maskJson(why, decided.secrets) as typeof why }),
    }
    this.turns = [...this.turns, { conversation, channel, person, view }].slice(-TURNS)
    for (const tell of this.listeners) tell(conversation)
  }

  /** Conversations with a remembered turn, the latest first. */
  conversations(): ConversationLine[] {
    const lines = new Map<string, ConversationLine>()
    for (const { conversation: id, channel, view } of this.turns.toReversed()) {
      if (!lines.has(id)) lines.set(id, { id, channel, at: view.at, decision: view.why?.decision ?? view.failed ?? '' })
    }
    return [...lines.values()]
  }

  async conversation(id: string): Promise<ConversationView> {
    const [stored, transcript] = await Promise.all([this.store.load(id), this.store.history(id, EVENTS)])
    return {
      id,
      ...(stored && { document: documentView(stored, this.dialogs) }),
      transcript,
      explains: this.classifier.explain !== undefined,
      turns: this.turns.filter((turn) => turn.conversation === id).map(({ view }) => view),
    }
  }

  /** Explains a message as the log has it: personal values are masked there. Undefined where there is none, or no way to. */
  async explanation(id: string, message: string): Promise<ExplanationView | undefined> {
    const said = (await this.store.history(id, EVENTS)).find(
      (one) => one.type === 'customer' && one.message === message,
    )
    if (said?.type !== 'customer') return undefined
    const explained = await this.classifier.explain?.(said.text, { conversation: id })
    if (!explained) return undefined
    const { intent, score, scope, words } = explained
    return { intent, score, words, ...(scope && { scope }) }
  }

  forget(people: readonly string[]): void {
    this.turns = this.turns.filter(({ person }) => !people.includes(person))
  }

  /** Calls back with the conversation of every turn that ends, until what it returns is called. */
  listen(tell: (conversation: string) => void): () => void {
    this.listeners.add(tell)
    return () => this.listeners.delete(tell)
  }
}
