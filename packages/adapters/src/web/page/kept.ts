/** For pages whose browser keeps nothing: what is kept then lasts as long as the page. */
const memory = new Map<string, string>()

/** What this browser keeps of a server: the secret of the conversation, the time of what was last seen, the invitation. */
export type Kept = 'secret' | 'seen' | 'invited'

export function kept(server: URL, what: Kept): string | undefined {
  const key = keyOf(server, what)
  try {
    return localStorage.getItem(key) ?? memory.get(key)
  } catch {
    return memory.get(key)
  }
}

/** Keeps it, or forgets it. */
export function keep(server: URL, what: Kept, value: string | undefined): void {
  const key = keyOf(server, what)
  try {
    if (value) localStorage.setItem(key, value)
    else localStorage.removeItem(key)
  } catch {
    if (value) memory.set(key, value)
    else memory.delete(key)
  }
}

function keyOf({ href }: URL, what: Kept): string {
  return what === 'secret' ? `colloquy:${href}` : `colloquy:${what}:${href}`
}
