import { Readable } from 'node:stream'
import { ColloquyError, reason } from '@colloquy/core'
import { parse } from 'csv-parse'
import { type Item, peek } from '../../json.js'
import { LONGEST } from '../../lines.js'
import type { Problems } from '../../problems.js'

const BATCH = 256

/** What stands between columns: whichever of the usual ones the first line has most of. */
export function delimiterOf(header: string): string {
  const counts = [',', ';', '\t', '|'].map((one) => [header.split(one).length, one] as const)
  return counts.reduce((best, one) => (one[0] > best[0] ? one : best))[1]
}

interface Row {
  info: { lines: number }
  record: string[]
}

/** The rows of a CSV file as objects, keyed by the first row. A row stands where it begins. */
export async function* rows(chunks: AsyncIterable<Buffer>, file: string, problems: Problems): AsyncGenerator<Item[]> {
  const [head, all] = await peek(chunks)
  const [first = ''] = head.toString('utf8').split('\n', 1)
  const parser = parse({
    delimiter: delimiterOf(first),
    info: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: LONGEST,
  })
  let header: string[] | undefined
  let line = 1
  let found: Item[] = []
  try {
    for await (const { info, record } of Readable.from(all).pipe(parser) as AsyncIterable<Row>) {
      if (header) {
        const value = Object.fromEntries(record.map((cell, n) => [header?.[n] ?? `${n + 1}`, cell]))
        found.push({ value, source: `${file}:${line}` })
      } else header = record.map((name) => name.trim())
      line = info.lines + 1
      if (found.length < BATCH) continue
      yield found
      found = []
    }
  } catch (error) {
    if (error instanceof ColloquyError) throw error
    yield found
    found = []
    problems.bad(`${file}:${line}`, `the rest of the file is no CSV: ${reason(error)}`)
  }
  yield found
}
