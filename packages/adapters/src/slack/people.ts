import type { webApi } from '@slack/bolt'

/** How long a profile is trusted, and waited for, in milliseconds; and how many are remembered. */
const FRESH = 3_600_000
const PATIENCE = 800
const REMEMBERED = 5000

/** What Slack says about somebody. */
export interface Somebody {
  name?: string
  locale?: string
  bot?: boolean
}

/** Who people are; Slack is asked once an hour. */
export class People {
  private readonly known = new Map<string, { asked: Promise<Somebody>; until: number }>()

  /** Nothing where Slack does not say, or not in time: a message must not wait for a name. */
  async get(team: string, client: webApi.WebClient, user: string): Promise<Somebody> {
    const key = `slack:${team}:${user}`
    let known = this.known.get(key)
    if (!known || known.until < Date.now()) {
      known = { asked: ask(client, user), until: Date.now() + FRESH }
      this.known.set(key, known)
      known.asked.catch(() => this.known.delete(key))
      const [oldest] = this.known.keys()
      if (this.known.size > REMEMBERED && oldest !== undefined) this.known.delete(oldest)
    }
    const late = new Promise<Somebody>((resolve) => setTimeout(resolve, PATIENCE, {}).unref())
    return Promise.race([known.asked.catch(() => ({})), late])
  }

  /** Forgets people by the ids that the engine knows them by. */
  forget(persons: readonly string[]): void {
    for (const person of persons) this.known.delete(person)
  }
}

async function ask(client: webApi.WebClient, user: string): Promise<Somebody> {
  const { user: found } = await client.users.info({ user, include_locale: true })
  const name = found?.profile?.display_name || found?.profile?.real_name || found?.name
  return {
    ...(name && { name: name.slice(0, 200) }),
    ...(found?.locale && { locale: found.locale }),
    ...(found?.is_bot && { bot: true }),
  }
}
