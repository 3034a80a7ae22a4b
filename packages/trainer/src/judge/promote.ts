import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { ColloquyError, classifier } from '@colloquy/core'
import { alone, type Place, placeOf } from './place.js'
import { JOURNAL, kept, settle, swap } from './swap.js'

/** A change of the served model, as `history.jsonl` keeps it, oldest first. */
export interface Promotion {
  /** ISO 8601. */
  at: string
  action: 'promote' | 'roll back'
  /** When the model that serves now was trained, and what it was measured with. */
  created: string
  metrics: Record<string, unknown>
}

/**
 * Puts a copy of a model folder in the place that bots serve from, once it has loaded and answered its golden examples there.
 * The one before goes into the history beside it. Bots that watch the folder take it over while they run.
 *
 * Where it fails or is killed, the old model serves on, or the new one does: after a kill between the two renames that
 * change them, once the next promotion, or {@link rollBack}, has put the old one back.
 *
 * @throws {@link ColloquyError} `bad_model` where the candidate cannot serve; `bad_data` while another promotion is under way,
 * and where the disk is full or closed to us. Nothing has changed then.
 * @example
 * ```ts
 * await promote('./candidate', './model')
 * await rollBack('./model')   // as it was before
 * ```
 */
export async function promote(candidate: string, served: string): Promise<Promotion> {
  if (resolve(candidate) === resolve(served)) {
    throw new ColloquyError('bad_data', 'The candidate is what is served already.', 'Train into another folder.')
  }
  await prove(candidate)
  return alone(served, (place) => replace(place, 'promote', candidate))
}

/**
 * Puts the model back that served before the last promotion. Rolling back twice goes back two.
 *
 * @throws {@link ColloquyError} `bad_data` where there is none, and where what it takes back was never finished.
 */
export async function rollBack(served: string): Promise<Promotion> {
  return alone(served, async (place, left) => {
    if (left === 'undone') {
      const message = `The last promotion to ${served} was broken off: the model before it serves again.`
      throw new ColloquyError('bad_data', message, 'Roll back once more to go back further.')
    }
    const from = (await kept(place)).at(-1)
    if (from === undefined) {
      throw new ColloquyError('bad_data', `${served} has no history to go back to.`, 'Promote a model first.')
    }
    await prove(join(place.past, from))
    return replace(place, 'roll back', join(place.past, from), from)
  })
}

/** Every promotion of a served folder, oldest first. */
export async function history(served: string): Promise<Promotion[]> {
  const { past } = await placeOf(served)
  const text = await readFile(join(past, JOURNAL), 'utf8').catch(() => '')
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
}

async function replace(place: Place, action: Promotion['action'], source: string, from?: string): Promise<Promotion> {
  const { created, metrics } = JSON.parse(await readFile(join(source, 'model.json'), 'utf8'))
  const promotion = { at: new Date().toISOString(), action, created, metrics }
  try {
    await swap(place, source, promotion, from)
  } catch (error) {
    await settle(place)
    throw error
  }
  // The new model serves: what is left to write down can wait for the next time.
  await settle(place).catch(() => undefined)
  return promotion
}

/** It serves here, or not at all. */
async function prove(folder: string): Promise<void> {
  const model = await classifier(folder, { workers: 1, watch: false })
  await model.close()
}
