import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { ColloquyError } from '@colloquy/core'

/** All that a model folder holds. */
export const MODEL_FILES = [
  'model.onnx',
  'head.safetensors',
  'tokenizer.json',
  'model.json',
  'golden.jsonl',
  'training.jsonl',
  'report.html',
]

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
 * Starts a model folder that will be `target`.
 *
 * @throws {@link ColloquyError} `bad_data` where `target` holds something else than a model, which publishing would delete.
 */
export async function draft(target: string): Promise<Draft> {
  const place = resolve(target)
  const parent = dirname(place)
  await refuseOther(target)
  const made = await mkdir(parent, { recursive: true })
  // Beside its place and so on the same file system, where a rename cannot be seen half done.
  const scratch = await mkdtemp(join(parent, `.${basename(place)}-`))
  const path = join(scratch, 'new')
  let published = false
  return {
    path,
    scratch,
    async publish() {
      const old = join(scratch, 'old')
      const replaced = await rename(place, old).then(
        () => true,
        () => false,
      )
      try {
        await rename(path, place)
      } catch (error) {
        if (replaced) await rename(old, place)
        throw error
      }
      published = true
    },
    async discard() {
      await rm(scratch, { recursive: true, force: true })
      if (made !== undefined && !published) await rm(made, { recursive: true, force: true })
    },
  }
}

/** @throws {@link ColloquyError} `bad_data` where a folder holds something else than a model. */
export async function refuseOther(target: string): Promise<void> {
  const found = await stat(target).catch(() => undefined)
  if (found === undefined) return
  const foreign = found.isDirectory() ? (await readdir(target)).find((name) => !MODEL_FILES.includes(name)) : ''
  if (foreign === undefined) return
  const message = foreign ? `${target} holds ${foreign}, which is no part of a model.` : `${target} is not a folder.`
  throw new ColloquyError('bad_data', message, 'Nothing of it was touched: choose another --out.')
}

/** The size of the files in a folder, in bytes. */
export async function folderSize(folder: string): Promise<number> {
  let bytes = 0
  for (const name of await readdir(folder)) bytes += (await stat(join(folder, name))).size
  return bytes
}
