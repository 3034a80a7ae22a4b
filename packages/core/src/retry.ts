import { ColloquyError } from './errors.js'
import type { Stored } from './store/store.js'

/** After a conflict with another process a turn starts over: stored results make that cheap. */
export async function retrying(attempt: () => Promise<Stored | undefined>): Promise<Stored> {
  for (;;) {
    try {
      const saved = await attempt()
      if (saved) return saved
    } catch (error) {
      if (!(error instanceof ColloquyError && error.code === 'store_conflict')) throw error
    }
  }
}
