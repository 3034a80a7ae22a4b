import { mkdir, readlink, rmdir } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { ColloquyError, reason } from '@colloquy/core'
import { refuseOther } from '../folder.js'
import { lock } from './lock.js'
import { settle } from './swap.js'

/** Where a model is served from, and where its history is kept: beside it, so on the same file system. */
export interface Place {
  served: string
  past: string
}

/** Where a folder is, if need be behind a link, and its history beside it. */
export async function placeOf(served: string): Promise<Place> {
  const named = resolve(served)
  const target = await readlink(named).catch(() => undefined)
  const place = target === undefined ? named : resolve(dirname(named), target)
  return { served: place, past: join(dirname(place), `${basename(place)}-history`) }
}

/** Does what one at a time may do, after an end to what a killed process has left. */
export async function alone<T>(
  served: string,
  change: (place: Place, left: Awaited<ReturnType<typeof settle>>) => Promise<T>,
): Promise<T> {
  const place = await placeOf(served)
  await refuseOther(place.served)
  let release: (() => Promise<void>) | undefined
  try {
    await mkdir(place.past, { recursive: true })
    release = await lock(join(place.past, 'lock'))
    return await change(place, await settle(place))
  } catch (error) {
    if (error instanceof ColloquyError) throw error
    const message = `${served} was not replaced: ${reason(error)}.`
    throw new ColloquyError('bad_data', message, 'What served before serves on. Put that right and try again.', {
      cause: error,
    })
  } finally {
    await release?.()
    // A history that has not begun.
    await rmdir(place.past).catch(() => undefined)
  }
}
