/** A span of time: a number of seconds, minutes, hours or days, such as `'90s'`, `'10m'`, `'12h'`, `'30d'`. */
export type Duration = `${number}${'s' | 'm' | 'h' | 'd'}`

const UNITS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** A span in milliseconds. */
export function milliseconds(duration: Duration): number {
  return Number(duration.slice(0, -1)) * UNITS[duration.slice(-1) as keyof typeof UNITS]
}

/** Gives up waiting for work after some milliseconds, with an error. */
export async function within<T>(ms: number, work: () => T | Promise<T>, late: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const passed = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), ms)
  })
  try {
    return await Promise.race([work(), passed])
  } finally {
    clearTimeout(timer)
  }
}
