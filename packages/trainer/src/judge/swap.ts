import { cp, mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { MODEL_FILES } from '../folder.js'
import type { Place } from './place.js'
import type { Promotion } from './promote.js'

/** Earlier models that are kept, to go back to. */
const KEPT = 5

/** What `pending` holds while a model is replaced: everything that can fail is done in it, before the place is touched. */
interface Plan {
  promotion: Promotion
  /** The kept model that is put back, by the name of its folder. */
  from?: string
}

/**
 * Replaces the served model by a copy of another. A step that is killed or fails leaves what {@link settle} puts right.
 *
 * @param from The kept model that `source` is, if it is one.
 */
export async function swap(place: Place, source: string, promotion: Promotion, from?: string): Promise<void> {
  const { pending, next, plan, journal } = paths(place)
  await mkdir(pending)
  await copyModel(source, next)
  const before = await readFile(join(place.past, JOURNAL), 'utf8').catch(() => '')
  await writeFile(journal, `${before}${JSON.stringify(promotion)}\n`)
  await writeFile(plan, JSON.stringify({ promotion, ...(from && { from }) } satisfies Plan))
  await exchange(place)
}

/**
 * Puts a folder in the place of the served model, which goes: for a model that has been made for this place. A step that is
 * killed or fails leaves what {@link settle} puts right.
 */
export async function replace(place: Place, model: string): Promise<void> {
  const { pending, next } = paths(place)
  await mkdir(pending)
  await rename(model, next)
  await exchange(place)
}

/** Whether a change has been begun that is not at its end. */
export async function isBegun(place: Place): Promise<boolean> {
  return exists(paths(place).pending)
}

async function exchange(place: Place): Promise<void> {
  const { next, old } = paths(place)
  if (await exists(place.served)) await rename(place.served, old)
  await rename(next, place.served)
}

/**
 * Ends what {@link swap} or {@link replace} has begun, in this process or in one that was killed: puts the old model back
 * while the new one is not in its place, and once it is keeps the old one and the record of a promotion. Can be broken off
 * and repeated.
 *
 * @returns What it has come to; undefined where nothing was begun.
 */
export async function settle(place: Place): Promise<'done' | 'undone' | undefined> {
  const { pending, next, old, plan, journal } = paths(place)
  if (!(await exists(pending))) return undefined
  const planned: Plan | undefined = await readFile(plan, 'utf8')
    .then(JSON.parse)
    .catch(() => undefined)
  const done = planned !== undefined && !(await exists(next)) && (await exists(place.served))
  if (planned && done) {
    const { at, action } = planned.promotion
    // What is taken back is not kept: it would come back with the next step back.
    if (action === 'promote' && (await exists(old))) await rename(old, join(place.past, at.replaceAll(':', '-')))
    if (planned.from) await rm(join(place.past, planned.from), { recursive: true, force: true })
    if (await exists(journal)) await rename(journal, join(place.past, JOURNAL))
    for (const name of (await kept(place)).slice(0, -KEPT)) await rm(join(place.past, name), { recursive: true })
  } else {
    if (!(await exists(place.served)) && (await exists(old))) await rename(old, place.served)
    // Without its plan it is not taken for done, should this be broken off before the rest is gone.
    await rm(plan, { force: true })
  }
  await rm(pending, { recursive: true })
  return done ? 'done' : 'undone'
}

/** What has happened here, a line each. */
export const JOURNAL = 'history.jsonl'

/** The names of the folders of earlier models, oldest first. */
export async function kept({ past }: Place): Promise<string[]> {
  const names = await readdir(past, { withFileTypes: true }).catch(() => [])
  return names
    .filter((one) => one.isDirectory() && /^\d/.test(one.name))
    .map((one) => one.name)
    .sort()
}

function paths({ past }: Place) {
  const pending = join(past, 'pending')
  const within = (name: string) => join(pending, name)
  return { pending, next: within('new'), old: within('old'), plan: within('plan.json'), journal: within(JOURNAL) }
}

/** What belongs to a model, and nothing else that lies there; on the disk, so that no power cut leaves it empty. */
async function copyModel(from: string, to: string): Promise<void> {
  await mkdir(to)
  for (const name of await readdir(from)) {
    if (!MODEL_FILES.includes(name)) continue
    await cp(join(from, name), join(to, name))
    const file = await open(join(to, name), 'r+')
    await file.sync().finally(() => file.close())
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
