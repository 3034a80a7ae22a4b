/** How long a profile is trusted, and waited for, in milliseconds; and how many are remembered. */
const FRESH = 3_600_000
const PATIENCE = 800
const REMEMBERED = 5000

/** What a service says about people, asked for once an hour. */
export class Profiles<Profile extends object> {
  private readonly known = new Map<string, { asked: Promise<Profile>; until: number }>()

  /** Nothing where the service does not say, or not in time: a message must not wait for a name. */
  async get(person: string, ask: () => Promise<Profile>): Promise<Partial<Profile>> {
    let known = this.known.get(person)
    if (!known || known.until < Date.now()) {
      if (this.known.size >= REMEMBERED) this.known.clear()
      known = { asked: ask(), until: Date.now() + FRESH }
      this.known.set(person, known)
      known.asked.catch(() => this.known.delete(person))
    }
    const late = new Promise<Partial<Profile>>((resolve) => setTimeout(resolve, PATIENCE, {}).unref())
    return Promise.race([known.asked.catch(() => ({})), late])
  }

  forget(persons: readonly string[]): void {
    for (const person of persons) this.known.delete(person)
  }
}
