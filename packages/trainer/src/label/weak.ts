import type { Turn } from '../data/transcript.js'
import type { Request } from './requests.js'

/** Tells an intent from what is known beside the text, or nothing. */
export interface LabelFunction {
  name: string
  label(request: Request): string | undefined
}

/** Which intent an agent's action shows, by its name or by a beginning that ends with `*`; `null` for none. */
export type Actions = Readonly<Record<string, string | null>>

/** What happened next, as it may tell what a request was about. */
export function labelFunctions(actions: Actions): LabelFunction[] {
  const meaning = meaningOf(actions)
  const shown = (request: Request) =>
    request.conversation.turns.slice(request.turn + 1, request.until).flatMap(({ role, action }) => {
      const intent = role === 'agent' && action !== undefined ? meaning(action) : undefined
      return intent === undefined ? [] : [intent]
    })
  return [
    { name: 'first action', label: (request) => shown(request)[0] },
    // Where there is one action, it is no second witness to itself.
    { name: 'last action', label: (request) => shown(request).slice(1).at(-1) },
    { name: 'rephrased', label: (request) => rephrased(request, shown) },
    { name: 'dialog ended', label: (request) => finished(said(request)) },
    { name: 'thumb up', label: (request) => (said(request).liked ? said(request).predicted : undefined) },
    { name: 'tag', label: ({ conversation, opening }) => (opening ? conversation.intent : undefined) },
  ]
}

/** The intent that a thumb down says it was not. */
export function refuted(request: Request): string | undefined {
  const { review, predicted } = said(request)
  return review === 'thumbs_down' ? predicted : undefined
}

function meaningOf(actions: Actions): (action: string) => string | undefined {
  const beginnings = Object.keys(actions)
    .filter((name) => name.endsWith('*'))
    .sort((a, b) => b.length - a.length)
  const none = Object.keys(actions).length === 0
  return (action) => {
    // Without a map an action is its own intent.
    if (none) return action
    const name = action in actions ? action : beginnings.find((one) => action.startsWith(one.slice(0, -1)))
    return name === undefined ? undefined : (actions[name] ?? undefined)
  }
}

/** Said again within two turns of the customer's, after which an agent acted: what was meant before. */
function rephrased(request: Request, shown: (request: Request) => string[]): string | undefined {
  const { conversation, turn, until } = request
  if (until >= conversation.turns.length || shown(request).length > 0) return undefined
  const between = conversation.turns.slice(turn + 1, until + 1).filter(({ role }) => role === 'customer')
  const next = conversation.turns[until]
  if (between.length > 2 || !next || !alike(request.text, next.text)) return undefined
  return shown({ ...request, turn: until, until: conversation.turns.length })[0]
}

/** Half of the words of the shorter one. */
function alike(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => new Set(text.toLowerCase().match(/\p{Script=Han}|[\p{L}\p{N}]{3,}/gu)))
  if (!a || !b) return false
  const both = [...a].filter((word) => b.has(word)).length
  return both > 0 && both >= Math.min(a.size, b.size) / 2
}

function finished({ outcome }: Partial<Turn>): string | undefined {
  return outcome?.ended === 'finished' ? outcome.intent : undefined
}

function said({ conversation, turn }: Request): Partial<Turn> {
  return conversation.turns[turn] ?? {}
}
