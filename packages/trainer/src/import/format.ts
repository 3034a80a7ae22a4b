import type { Reader } from './message.js'
import type { Entry, Source } from './source.js'

/** One kind of export. */
export interface Format {
  /** What `--from` calls it. */
  name: string
  /** What it looks like, to be shown where nothing is recognised. */
  expects: string
  /** The names of its files. */
  files: RegExp
  /** Whether a file of such a name is one of it, by its first 64 KB. */
  recognises(head: string, name: string): boolean
  /** @param entries - the files of the source that were recognised. */
  open(source: Source, entries: Entry[], options: FormatOptions): Promise<Reader>
}

/** What the user told of the export. */
export interface FormatOptions {
  /** Leaves out what cannot be read. */
  skipBad: boolean
  /** Which column or key holds what: `text`, `conversation`, `role`, `time`, `speaker`, `id`. */
  map: Record<string, string>
}
