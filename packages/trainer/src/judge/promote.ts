import { appendFile, cp, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { ColloquyError, classifier } from '@colloquy/core'
import { draft, MODEL_FILES } from '../folder.js'

/** A change of the served model, as `history.jsonl` keeps it, oldest first. */
export interface Promotion {
  /** ISO 8601. */
  at: string
  action: 'promote' | 'roll back'
  /** When the model that serves now was trained, and what it was measured with. */
  created: string
  metrics: Record<string, unknown>
}

/** Earlier models that are kept, to go back to. */
const KEPT = 5

/**
 * Puts a copy of a model folder in the place that bots serve from, once it has loaded and answered its golden examples there.
 * The one before goes into the history beside it. Bots that watch the folder take it over while they run.
 *
 * @throws {@link ColloquyError} `bad_model` where the candidate cannot serve: nothing has changed then.
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
  return replace(served, 'promote', (path) => copyModel(candidate, path))
}

/**
 * Puts the model back that served before the last promotion. Rolling back twice goes back two.
 *
 * @throws {@link ColloquyError} `bad_data` where there is none.
 */
export async function rollBack(served: string): Promise<Promotion> {
  const earlier = (await kept(served)).at(-1)
  if (earlier === undefined) {
    throw new ColloquyError('bad_data', `${served} has no history to go back to.`, 'Promote a model first.')
  }
  await prove(earlier)
  return replace(served, 'roll back', (path) => rename(earlier, path))
}

/** Every promotion of a served folder, oldest first. */
export async function history(served: string): Promise<Promotion[]> {
  const text = await readFile(join(placeOf(served), 'history.jsonl'), 'utf8').catch(() => '')
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
}

async function replace(served: string, action: Promotion['action'], fill: (path: string) => Promise<void>) {
  const next = await draft(served)
  try {
    await fill(next.path)
    const promotion = { at: new Date().toISOString(), action, ...(await about(next.path)) }
    const past = placeOf(served)
    await mkdir(past, { recursive: true })
    // What is taken back is not kept: it would come back with the next step back.
    const before =
      action === 'promote' && (await isFolder(served)) ? join(past, promotion.at.replaceAll(':', '-')) : undefined
    if (before) await copyModel(served, before)
    await next.publish()
    await appendFile(join(past, 'history.jsonl'), `${JSON.stringify(promotion)}\n`)
    for (const old of (await kept(served)).slice(0, -KEPT)) await rm(old, { recursive: true })
    return promotion
  } finally {
    await next.discard()
  }
}

/** What belongs to a model, and nothing else that lies there. */
async function copyModel(from: string, to: string): Promise<void> {
  await mkdir(to)
  const there = (await readdir(from)).filter((name) => MODEL_FILES.includes(name))
  await Promise.all(there.map((name) => cp(join(from, name), join(to, name))))
}

async function about(folder: string): Promise<Pick<Promotion, 'created' | 'metrics'>> {
  const { created, metrics } = JSON.parse(await readFile(join(folder, 'model.json'), 'utf8'))
  return { created, metrics }
}

/** It serves here, or not at all. */
async function prove(folder: string): Promise<void> {
  const model = await classifier(folder, { workers: 1, watch: false })
  await model.close()
}

/** Where the history of a served folder is: beside it. */
function placeOf(served: string): string {
  const place = resolve(served)
  return join(dirname(place), `${basename(place)}-history`)
}

/** The folders of earlier models, oldest first. */
async function kept(served: string): Promise<string[]> {
  const place = placeOf(served)
  const names = await readdir(place, { withFileTypes: true }).catch(() => [])
  return names
    .filter((one) => one.isDirectory())
    .map((one) => join(place, one.name))
    .sort()
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false
}
