/** The longest that a timer can wait, in milliseconds. */
const LONGEST = 2 ** 31 - 1

/** Does something at a time, in milliseconds since 1970, unless what it returns is called before. */
export function alarm(time: number, ring: () => void): () => void {
  const timer = setTimeout(ring, Math.min(time - Date.now(), LONGEST))
  return () => clearTimeout(timer)
}
