import { decoded } from '../decode.js'
import type { Fields } from '../fields.js'
import type { Format, FormatOptions } from '../format.js'
import { each, items } from '../json.js'
import type { Message } from '../message.js'
import { Problems } from '../problems.js'
import type { Entry } from '../source.js'
import { columnsOf, messageOf } from './table/columns.js'
import { delimiterOf, rows } from './table/csv.js'
import { Times } from './table/times.js'

/** A message a row, the columns named in the first one. */
export const csv: Format = {
  name: 'csv',
  expects:
    'CSV, a message a row, with columns such as text, conversation, role, time, speaker (else tell them with --map)',
  files: /\.(csv|tsv|txt)(\.gz)?$/i,
  recognises: (head) => columnsOf(headerOf(head), {}) !== undefined,
  open: (_, entries, options) =>
    open(entries, options, (entry, problems) => rows(decoded(entry), entry.name, problems)),
}

/** A message an object, in JSONL or in a list. */
export const jsonl: Format = {
  name: 'jsonl',
  expects:
    'JSONL or a list, a message an object, with keys such as text, conversation, role, time (else tell them with --map)',
  files: /\.(json|jsonl|ndjson)(\.gz)?$/i,
  recognises: (head) => columnsOf(keysOf(head), {}) !== undefined,
  open: (_, entries, options) =>
    open(entries, options, (entry, problems) => items(decoded(entry), entry.name, LISTS, problems)),
}

const LISTS = ['messages', 'data', 'rows', 'items', 'records', 'value']

function headerOf(head: string): string[] {
  const [line = ''] = head.split(/\r?\n/, 1)
  return /^\s*[[{]/.test(line) ? [] : line.split(delimiterOf(line)).map((name) => name.trim().replace(/^"(.*)"$/, '$1'))
}

function keysOf(head: string): string[] {
  return [...head.slice(0, 4000).matchAll(/"([^"\\]{1,60})"\s*:/g)].map(([, key]) => key as string)
}

type Items = AsyncGenerator<{ value: unknown; source: string }[]>

async function open(entries: Entry[], { map }: FormatOptions, read: (entry: Entry, problems: Problems) => Items) {
  const times = await Times.of(samples(entries, map, read))
  return {
    people: [],
    ordered: false,
    async *messages(problems: Problems): AsyncGenerator<Message[]> {
      for (const entry of entries) {
        let columns: ReturnType<typeof columnsOf>
        const of = (value: Fields, source: string): Message => {
          columns ??= columnsOf(Object.keys(value), map, entry.name)
          return messageOf(value, columns, times, source)
        }
        for await (const found of read(entry, problems)) yield each(found, of, problems)
      }
    },
  }
}

/** Every row's time, to see how they are written. */
async function* samples(
  entries: Entry[],
  map: Record<string, string>,
  read: (entry: Entry, problems: Problems) => Items,
): AsyncGenerator<unknown> {
  for (const entry of entries) {
    for await (const found of read(entry, new Problems(true))) {
      for (const { value } of found) {
        if (typeof value !== 'object' || value === null) continue
        yield columnsOf(Object.keys(value), map)?.time?.(value as Fields)
      }
    }
  }
}
