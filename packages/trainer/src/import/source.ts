import { createReadStream, readFileSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { basename, join, relative, sep } from 'node:path'
import { ColloquyError, reason } from '@colloquy/core'
import { decoded } from './decode.js'
import { zipEntries } from './zip.js'

/** A file of an export: on disk, in a folder or in a zip. */
export interface Entry {
  /** Its path in the export, with forward slashes; the file's own name where the export is one file. */
  name: string
  /** Bytes. */
  size: number
  read(): AsyncIterable<Buffer>
}

/** What the user named: a file, a folder or a zip. */
export interface Source {
  /** Its name without folders. */
  name: string
  entries: Entry[]
  close(): void
}

/** A file that is no larger is read at once: an export has thousands, and a stream for each takes longer than all else. */
const SMALL = 1 << 20
/** Bytes of a larger one at a time: what is made of them is gone before it costs the collector of garbage anything. */
const CHUNK = 1 << 16
/** How much of a file is looked at to tell its format. */
const HEAD = 1 << 16

/** @throws {@link ColloquyError} `bad_data` where it is not there, cannot be read, or is no whole zip. */
export async function openSource(path: string): Promise<Source> {
  const found = await stat(path).catch(() => undefined)
  if (!found) throw new ColloquyError('bad_data', `${path}: there is no such file or folder.`, 'Check the path.')
  const name = basename(path)
  if (found.isDirectory()) return { name, entries: await walk(path), close: () => {} }
  const zip = /\.zip$/i.test(path) ? await zipEntries(path) : undefined
  if (zip) return { name, ...zip }
  return { name, entries: [fileEntry(path, name, found.size)], close: () => {} }
}

function fileEntry(path: string, name: string, size: number): Entry {
  return { name, size, read: () => readable(path, size) }
}

async function* readable(path: string, size: number): AsyncGenerator<Buffer> {
  try {
    if (size <= SMALL) yield readFileSync(path)
    else yield* createReadStream(path, { highWaterMark: CHUNK })
  } catch (error) {
    throw new ColloquyError('bad_data', `${path} cannot be read: ${reason(error)}.`)
  }
}

/** Every file in a folder, in order of names; links are not followed, and hidden files left out. */
async function walk(folder: string): Promise<Entry[]> {
  const items = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error) => {
    throw new ColloquyError('bad_data', `${folder} cannot be read: ${reason(error)}.`)
  })
  const entries: Entry[] = []
  for (const item of items) {
    const path = join(item.parentPath, item.name)
    const name = relative(folder, path).split(sep).join('/')
    if (item.isFile() && !hidden(name)) entries.push(fileEntry(path, name, (await stat(path)).size))
  }
  return entries.sort(byName)
}

/** Code points, not a language's order: days of an export sort as they should. */
export function byName(a: { name: string }, b: { name: string }): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0
}

/** What operating systems leave in folders and zips. */
export function hidden(name: string): boolean {
  return /(^|\/)(\.|__MACOSX\/)/.test(name)
}

/** The beginning of a file as text, to tell its format by. */
export async function headOf(entry: Entry): Promise<string> {
  const parts: Buffer[] = []
  let size = 0
  for await (const chunk of decoded(entry)) {
    parts.push(chunk)
    size += chunk.length
    if (size >= HEAD) break
  }
  return Buffer.concat(parts).toString('utf8', 0, HEAD)
}
