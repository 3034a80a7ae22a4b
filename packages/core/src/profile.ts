import type { Json } from './message.js'
import type { Store } from './store/store.js'

/** What is known of a person across their conversations. */
export interface Profile {
  person: string
  /** The same person on other channels, as they have proved; this profile is theirs too. */
  linked: string[]
  /** Set instead where this person's profile is that of another channel. */
  sameAs?: string
  locale?: string
  /** Values of slots that are declared with `remember`, by name. */
  remembered: Record<string, Json>
}

/** The one profile of a person, whichever of their channels they are on. */
export async function profile(store: Store, person: string): Promise<Profile> {
  const own = await store.profile(person)
  const shared = own?.sameAs === undefined ? own : await store.profile(own.sameAs)
  return shared ?? { person, linked: [], remembered: {} }
}

/** Everyone that a person is, across channels. */
export async function everywhere(store: Store, person: string): Promise<string[]> {
  const { person: first, linked } = await profile(store, person)
  return [...new Set([first, ...linked, person])]
}

/** Makes two people one: the second one's profile becomes part of the first one's. */
export async function link(store: Store, person: string, other: string): Promise<void> {
  const [into, from] = [await profile(store, person), await profile(store, other)]
  if (into.person === from.person) return
  const linked = [...new Set([...into.linked, from.person, ...from.linked])]
  await store.keep({ ...from, ...into, linked, remembered: { ...from.remembered, ...into.remembered } })
  for (const alias of linked) await store.keep({ person: alias, linked: [], sameAs: into.person, remembered: {} })
}
