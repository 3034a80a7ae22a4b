import { ColloquyError } from '@colloquy/core'
import type { Format } from './format.js'
import { FORMATS } from './formats/index.js'
import { type Entry, headOf, type Source } from './source.js'

/** A source is told by so many of its files; the rest are taken by their names. */
const LOOKED_AT = 200

export interface Detected {
  format: Format
  /** Those of the source's files that hold messages, and what belongs to them. */
  entries: Entry[]
}

/**
 * Finds out what a source is from what is in it.
 *
 * @param from - the format's name, where the user tells it.
 * @param mapped - the user has told which column holds what: it is a table.
 * @throws {@link ColloquyError} `bad_data` where it is none that is known, with all that were tried; or there is nothing.
 */
export async function detect(source: Source, from?: string, mapped = false): Promise<Detected> {
  const { name, entries } = source
  if (entries.length === 0) throw new ColloquyError('bad_data', `${name} holds no files.`)
  if (entries.every(({ size }) => size === 0)) throw new ColloquyError('bad_data', `${name} is empty.`)
  const table = mapped ? (/^\s*[[{]/.test(await headOf(entries[0] as Entry)) ? 'jsonl' : 'csv') : undefined
  const told = from ?? table
  if (told !== undefined) {
    const format = FORMATS.find((one) => one.name === told)
    if (!format) throw new ColloquyError('bad_data', `There is no format "${told}".`, `There are: ${names()}.`)
    const named = entries.filter((entry) => format.files.test(entry.name))
    return { format, entries: named.length > 0 ? named : entries }
  }
  // A folder's own files tell more than those deep in it.
  const order = [...entries].sort((a, b) => depthOf(a) - depthOf(b))
  const heads = new Map<Entry, string>()
  for (const entry of order.slice(0, LOOKED_AT)) heads.set(entry, await headOf(entry))
  for (const format of FORMATS) {
    const is = ([entry, head]: [Entry, string]) => format.files.test(entry.name) && format.recognises(head, entry.name)
    const found = new Set([...heads].filter(is).map(([entry]) => entry))
    if (found.size === 0) continue
    const unseen = (entry: Entry) => !heads.has(entry) && format.files.test(entry.name)
    return { format, entries: entries.filter((entry) => found.has(entry) || unseen(entry)) }
  }
  const tried = FORMATS.map((format) => `\n  ${format.name.padEnd(14)}${format.expects}`).join('')
  const hint = `Tried:${tried}\nName the format with --from, and for CSV or JSONL the columns with --map.`
  throw new ColloquyError('bad_data', `${name} looks like no export that is known.`, hint)
}

function depthOf({ name }: Entry): number {
  return name.split('/').length
}

export function names(): string {
  return FORMATS.map(({ name }) => name).join(', ')
}
