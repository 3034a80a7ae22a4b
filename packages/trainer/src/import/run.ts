import { ColloquyError } from '@colloquy/core'
import type { CountryCode } from 'libphonenumber-js'
import type { Transcript } from '../data/transcript.js'
import { Assembler } from './assemble.js'
import { detect } from './detect.js'
import { countryOf } from './mask/country.js'
import { Masker } from './mask/masker.js'
import type { Kind } from './mask/patterns.js'
import { Problems } from './problems.js'
import { decideRoles, type Speaker } from './roles.js'
import { type Entry, openSource, type Source } from './source.js'
import { Survey } from './survey.js'

/** How exports are read. */
export interface ImportOptions {
  /** The format's name; found out from what is in the file where it is not given. */
  from?: string
  /** Which column or key of CSV or JSONL holds what. */
  map?: Record<string, string>
  /** Names, handles, addresses or ids of those who are agents, or customers; inferred where they are not given. */
  agents?: string[]
  customers?: string[]
  /** Seconds of silence that end a conversation in an endless chat; found out where it is not given. */
  gap?: number
  /** Countries that telephone numbers without a country's code are from. */
  countries?: CountryCode[]
  /** The same key gives the same placeholders in every run. */
  key?: string
  /** Masks nothing. */
  keepPersonal?: boolean
  /** Leaves out what cannot be read, and counts it. */
  skipBad?: boolean
  /** Only conversations that went on at or after this time, in milliseconds since 1970. */
  since?: number
  /** Is told how many bytes of how many have been read. */
  progress?: (read: number, all: number) => void
}

/** What was found in one export. */
export interface SourceReport {
  name: string
  format: string
  messages: number
  /** Names as they are in the export. */
  agents: string[]
  customers: number
  /** Seconds of silence that ended a conversation. */
  gap: number
}

/** What an import did. */
export interface ImportReport {
  sources: SourceReport[]
  masked: Record<Kind, number>
  /** Messages that came twice and were taken once. */
  duplicates: number
  /** What could not be read, and the first few places. */
  skipped: { count: number; first: string[] }
}

/** An import: its conversations, and its report once they have all been read. */
export interface Import {
  transcripts: AsyncGenerator<Transcript>
  report: ImportReport
}

/**
 * Reads exported chats of any format and size: twice, first to learn who speaks, how and when, then to put messages
 * together to conversations with personal data masked.
 *
 * @param paths - files, folders and zips.
 * @throws {@link ColloquyError} `bad_data`, naming file and position, while `transcripts` is read.
 * @example
 * ```ts
 * const { transcripts, report } = importChats(['export.zip'], { agents: ['Mia'] })
 * for await (const { id, turns } of transcripts) console.log(id, turns.length)
 * console.log(report.masked)
 * ```
 */
export function importChats(paths: string[], options: ImportOptions = {}): Import {
  const masker = new Masker({ key: options.key, countries: [...(options.countries ?? [])] })
  const report: ImportReport = {
    sources: [],
    masked: masker.counts,
    duplicates: 0,
    skipped: { count: 0, first: [] },
  }
  const unheard = new Set([...(options.agents ?? []), ...(options.customers ?? [])])
  async function* transcripts(): AsyncGenerator<Transcript> {
    for (const path of paths) {
      const source = await openSource(path)
      try {
        for await (const some of conversations(source, options, masker, { report, unheard })) {
          for (const transcript of some) yield transcript
        }
      } finally {
        source.close()
      }
    }
    const [name] = unheard
    if (name === undefined) return
    const speak = report.sources.flatMap(({ agents }) => agents).slice(0, 10)
    throw new ColloquyError(
      'bad_data',
      `Nobody is called ${name}.`,
      `Agents seem to be ${speak.join(', ') || 'nobody'}.`,
    )
  }
  return { transcripts: transcripts(), report }
}

/** The same for conversations that are whole already, such as those of {@link readStore}. */
export function importTranscripts(
  from: AsyncIterable<Transcript>,
  { key, countries, keepPersonal }: Pick<ImportOptions, 'key' | 'countries' | 'keepPersonal'> = {},
): Import {
  const masker = new Masker({ key, countries: [...(countries ?? [])] })
  async function* transcripts(): AsyncGenerator<Transcript> {
    for await (const transcript of from) {
      if (!keepPersonal) for (const turn of transcript.turns) masker.turn(turn)
      yield transcript
    }
  }
  const report = { sources: [], masked: masker.counts, duplicates: 0, skipped: { count: 0, first: [] } }
  return { transcripts: transcripts(), report }
}

/** Some at a time: a million hops from one generator to the next would be felt. */
async function* conversations(
  source: Source,
  options: ImportOptions,
  masker: Masker,
  { report, unheard }: { report: ImportReport; unheard: Set<string> },
): AsyncGenerator<Transcript[]> {
  const { format, entries } = await detect(source, options.from, options.map !== undefined)
  const read = counted(entries, options.progress)
  const reader = await format.open(source, read, { map: options.map ?? {}, skipBad: options.skipBad === true })
  const survey = new Survey()
  await survey.read(reader, options.skipBad === true)
  const told = { agents: options.agents ?? [], customers: options.customers ?? [] }
  for (const name of decideRoles(survey.speakers.values(), told, survey.conversations)) unheard.delete(name)
  const gap = options.gap ?? survey.gaps.threshold()
  const summed = summary(source.name, format.name, survey, gap)
  report.sources.push(summed)
  const placeholder = options.keepPersonal ? nameOf(survey.speakers) : personOf(survey.speakers, masker)
  // File names may hold people's names, and stand in the output.
  if (!options.keepPersonal) for (const entry of read) entry.name = masker.mask(entry.name)

  const problems = new Problems(options.skipBad === true)
  const { ordered } = reader
  const assembler = new Assembler({ channel: format.name, gap, ordered, speakers: survey.speakers, placeholder })
  const since = (options.since ?? 0) / 1000
  const finished = (all: Transcript[]): Transcript[] => {
    const done = since > 0 ? all.filter(({ turns }) => (turns.at(-1)?.ts ?? since) >= since) : all
    if (!options.keepPersonal) for (const { turns } of done) for (const turn of turns) masker.turn(turn)
    return done
  }
  for await (const messages of reader.messages(problems)) {
    summed.messages += messages.length
    for (const message of messages) assembler.add(message)
    yield finished(assembler.take())
  }
  yield finished(assembler.rest())
  report.duplicates += assembler.duplicates
  report.skipped.count += problems.count
  report.skipped.first.push(...problems.first)
}

function summary(name: string, format: string, survey: Survey, gap: number): SourceReport {
  const speaking = [...survey.speakers.values()].filter(({ messages }) => messages > 0)
  const agents = speaking.filter(({ role }) => role === 'agent').sort((a, b) => b.messages - a.messages)
  return {
    name,
    format,
    messages: 0,
    agents: agents.map((one) => one.name),
    customers: speaking.length - agents.length,
    gap: Math.round(gap),
  }
}

function nameOf(speakers: ReadonlyMap<string, Speaker>): (key: string) => string {
  return (key) => speakers.get(key)?.name ?? key
}

/** Teaches the masker everybody's names, and gives what stands for them. */
function personOf(speakers: ReadonlyMap<string, Speaker>, masker: Masker): (key: string) => string {
  for (const { person } of speakers.values()) {
    masker.know(person.key, person.names)
    const country = countryOf(person.names)
    if (country) masker.from(country)
  }
  const known = new Map<string, string>()
  return (key) => {
    let placeholder = known.get(key)
    if (placeholder === undefined) {
      placeholder = masker.person(key)
      known.set(key, placeholder)
    }
    return placeholder
  }
}

/** The same files, telling how much of them has been read. Every byte is read twice. */
function counted(entries: Entry[], progress: ImportOptions['progress']): Entry[] {
  const all = 2 * entries.reduce((sum, { size }) => sum + size, 0)
  let done = 0
  return entries.map(({ name, size, read }) => ({
    name,
    size,
    async *read() {
      for await (const chunk of read()) {
        done += chunk.length
        progress?.(Math.min(done, all), all)
        yield chunk
      }
    },
  }))
}
