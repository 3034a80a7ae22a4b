/** For pages whose browser keeps nothing: the conversation then lasts as long as the page. */
const memory = new Map<string, string>()

/** The secret of the conversation that this browser has with a server. */
export function kept(server: URL): string | undefined {
  const key = `colloquy:${server.href}`
  try {
    return localStorage.getItem(key) ?? memory.get(key)
  } catch {
    return memory.get(key)
  }
}

/** Keeps it, or forgets it. */
export function keep(server: URL, secret: string | undefined): void {
  const key = `colloquy:${server.href}`
  try {
    if (secret) localStorage.setItem(key, secret)
    else localStorage.removeItem(key)
  } catch {
    if (secret) memory.set(key, secret)
    else memory.delete(key)
  }
}
