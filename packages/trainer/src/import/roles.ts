import type { Role } from '../data/transcript.js'
import type { Person } from './message.js'

/** Somebody who speaks, and how. */
export class Speaker {
  messages = 0
  /** Conversations that they began, and that they joined after somebody else. */
  opened = 0
  joined = 0
  /** Messages by the role that the format knows. */
  asAgent = 0
  role: Role | undefined
  /** The user said so, whatever the export says. */
  told = false

  constructor(readonly person: Person) {}

  get name(): string {
    return this.person.names[0] ?? this.person.key
  }
}

/** What the user told: names, handles, addresses or ids. */
export interface Told {
  agents: string[]
  customers: string[]
}

/**
 * Decides who is an agent: who the user names, bots, and whoever rather answers than begins. Customers begin a
 * conversation and mostly have few; whoever joins more conversations than they begin, and several of them, works there.
 * Where nobody does, it is who answers most.
 *
 * @returns the names that the user told and somebody goes by.
 */
export function decideRoles(speakers: Iterable<Speaker>, told: Told, conversations: number): string[] {
  const all = [...speakers]
  const heard = new Set<string>()
  for (const [role, names] of [
    ['agent', told.agents],
    ['customer', told.customers],
  ] as const) {
    for (const name of names) {
      const meant = all.filter(({ person }) => [person.key, ...person.names].some((one) => same(one, name)))
      if (meant.length > 0) heard.add(name)
      for (const speaker of meant) Object.assign(speaker, { role, told: true })
    }
  }
  const open = all.filter((speaker) => speaker.role === undefined)
  for (const speaker of open) if (speaker.person.bot || speaker.asAgent > 0) speaker.role = 'agent'
  // Who is named is all that there is of one side.
  const rest = open.filter((speaker) => speaker.role === undefined)
  if (told.agents.length > 0) for (const speaker of rest) speaker.role = 'customer'
  else if (told.customers.length > 0) for (const speaker of rest) speaker.role = 'agent'
  else infer(rest, all, conversations)
  return [...heard]
}

function infer(rest: Speaker[], all: Speaker[], conversations: number): void {
  const several = Math.max(2, conversations / 100)
  for (const speaker of rest) {
    if (speaker.joined >= several && speaker.joined > speaker.opened) speaker.role = 'agent'
  }
  const takesPart = (one: Speaker) => one.opened + one.joined
  // An alarm that a machine posts now and then is not the other side.
  if (!all.some((one) => one.role === 'agent' && takesPart(one) > conversations / 2) && rest.length > 1) {
    const answers = (one: Speaker) => one.joined - one.opened
    const first = rest.reduce((a, b) => {
      if (answers(a) !== answers(b)) return answers(b) > answers(a) ? b : a
      return takesPart(b) > takesPart(a) ? b : a
    })
    first.role = 'agent'
  }
  for (const speaker of rest) speaker.role ??= 'customer'
}

function same(a: string, b: string): boolean {
  return a.localeCompare(b, undefined, { sensitivity: 'base' }) === 0
}
