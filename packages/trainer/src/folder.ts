import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
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
