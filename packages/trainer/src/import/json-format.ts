import { decoded } from './decode.js'
import type { Fields } from './fields.js'
import type { Format } from './format.js'
import { each, items } from './json.js'
import type { Message } from './message.js'

/** A kind of export whose files are JSON, each value of them with messages of its own. */
interface JsonFormat extends Pick<Format, 'name' | 'expects' | 'recognises'> {
  /** What an object calls the list of values that it only wraps. */
  lists: readonly string[]
  /** Whether messages stand in the order in which they were sent. */
  ordered: boolean
  /** Begins a reading: gives what makes messages of a value that stands at `source`. */
  reading(): (value: Fields, source: string) => Message[]
}

export function jsonFormat({ lists, ordered, reading, ...format }: JsonFormat): Format {
  return {
    ...format,
    files: /\.(json|jsonl|ndjson)(\.gz)?$/i,
    async open(_, entries) {
      return {
        people: [],
        ordered,
        async *messages(problems) {
          const messagesOf = reading()
          for (const entry of entries) {
            for await (const found of items(decoded(entry), entry.name, lists, problems)) {
              yield each(found, messagesOf, problems)
            }
          }
        },
      }
    },
  }
}
