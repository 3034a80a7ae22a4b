import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { refuseOther } from './folder.js'
import { alone, placeOf } from './judge/place.js'
import { isBegun, replace, settle } from './judge/swap.js'

/** A folder that is worked on out of sight, and then appears whole in its place or not at all. */
export interface Draft {
  /** Where to write it; does not exist yet. */
  path: string
  /** A folder for files that go away with the draft. */
  scratch: string
  /** Puts it in its place, where it replaces an older one. */
  publish(): Promise<void>
  /** Leaves nothing behind, if it was not published. */
  discard(): Promise<void>
}

/**
 * Starts a model folder that will be `target`. An older one that a killed process took away to replace it comes back first.
 *
 * @throws {@link ColloquyError} `bad_data` where `target` holds something else than a model, which publishing would delete.
 */
export async function draft(target: string): Promise<Draft> {
  await refuseOther(target)
  const place = await placeOf(target)
  if (await isBegun(place)) await alone(target, async () => {})
  const parent = dirname(place.served)
  const made = await mkdir(parent, { recursive: true })
  // Beside its place and so on the same file system, where a rename cannot be seen half done.
  const scratch = await mkdtemp(join(parent, `.${basename(place.served)}-`))
  const path = join(scratch, 'new')
  let published = false
  return {
    path,
    scratch,
    async publish() {
      await alone(target, async () => {
        await replace(place, path).catch(async (error) => {
          await settle(place)
          throw error
        })
        published = true
        // The new model is in its place: what is left of the old one can wait for the next time.
        await settle(place).catch(() => undefined)
      })
    },
    async discard() {
      await rm(scratch, { recursive: true, force: true })
      if (made !== undefined && !published) await rm(made, { recursive: true, force: true })
    },
  }
}
