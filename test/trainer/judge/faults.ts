import fs from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'

/** What changes a file system. */
const STEPS = ['mkdir', 'writeFile', 'link', 'cp', 'rename', 'rm'] as const

/** Has `strike` happen before or after the step of this number that changes the file system; gives what ends it. */
export function atStep(number: number, when: 'before' | 'after', strike: (step: string) => void): () => void {
  let count = 0
  const real = { ...fs }
  for (const name of STEPS) {
    const step = fs[name] as (...args: unknown[]) => Promise<unknown>
    const struck = async (...args: unknown[]) => {
      const hit = ++count === number
      if (hit && when === 'before') strike(name)
      const result = await step(...args)
      if (hit && when === 'after') strike(name)
      return result
    }
    Object.assign(fs, { [name]: struck })
  }
  syncBuiltinESMExports()
  return () => {
    Object.assign(fs, real)
    syncBuiltinESMExports()
  }
}
