import { writeFile } from 'node:fs/promises'
import { ColloquyError } from '@colloquy/core'
import { Command } from 'commander'
import type { CountryCode } from 'libphonenumber-js'
import { readStore } from '../data/store.js'
import { FORMATS } from '../import/formats/index.js'
import { type Import, importChats, importTranscripts } from '../import/run.js'
import { told } from '../import/told.js'
import { writeTranscripts } from '../import/write.js'
import { byteProgress } from '../progress.js'
import { country, date, mapping, seconds } from './options.js'

const HELP = `
Formats, found out from what is in the file:
${FORMATS.map(({ name, expects }) => `  ${name.padEnd(10)}${expects}`).join('\n')}

Examples
  $ colloquy import slack-export.zip
  $ colloquy import "WhatsApp Chat with Anna.zip" --agent "Marram Bank" --country GB
  $ colloquy import tickets.csv --map text=body,conversation=ticket_id,role=author_type,time=created_at
  $ colloquy import --store bot.db                  # what customers said to your own bot
  $ colloquy import --store postgres://bot@localhost/bot --since 2026-11-01

One conversation a line, its times in Unix seconds, and for each turn where it stood:
  {"id": "web:7f3a", "channel": "web", "turns": [
    {"role": "customer", "text": "Where is my card?", "ts": 1795600000.5, "source": "chat.csv:2"},
    {"role": "agent", "text": "It arrives on Friday.", "ts": 1795600000.9, "source": "chat.csv:3"}]}

E-mail addresses, telephone and card numbers, IBANs, addresses of IP, addresses with tokens and the names of the people in
the export become placeholders such as [email-kqzwhcd]: one for each value, and the same ones in the next run if you give
the same --key. Numbers without a country's code are only known with --country.
A chat without end is cut where people pause (--gap) and where a long one changes its topic. Agents are those who answer
rather than ask; say who they are where that is wrong.

A person adds "intent", what the customer meant, to the customer turns that should be trained on:
  $ colloquy train --data examples/bank/banking77.jsonl.gz conversations.jsonl --out model`

interface Flags {
  store?: string
  prefix?: string
  out: string
  from?: string
  map?: Record<string, string>
  agent: string[]
  customer: string[]
  gap?: number
  country: CountryCode[]
  key?: string
  keepPersonal?: true
  skipBad?: true
  since?: number
  report?: string
}

const each = <T>(value: T, all: T[]): T[] => [...all, value]

/** `colloquy import` */
export function importCommand(signal: AbortSignal): Command {
  return new Command('import')
    .description("Write conversations as JSONL: from exported chats, or from a bot's own store.")
    .argument('[export...]', 'files, folders and zips')
    .option(
      '--store <file-or-url>',
      'the store of a bot: an SQLite file, postgres://, mysql://, redis:// or mongodb://',
    )
    .option('--prefix <text>', 'what the names in the database begin with, where the bot gives its store a prefix')
    .option('--out <file>', 'file to write; one that exists is left alone', 'conversations.jsonl')
    .option('--from <format>', 'what the export is, where it is not seen')
    .option('--map <columns>', 'which column of CSV or JSONL holds what: text=body,conversation=ticket_id,…', mapping)
    .option('--agent <name>', 'somebody who is an agent: a name, address or id; may be given again', each<string>, [])
    .option('--customer <name>', 'somebody who is a customer; may be given again', each<string>, [])
    .option('--gap <span>', 'silence that ends a conversation, such as 2h (default: what the export shows)', seconds)
    .option(
      '--country <code>',
      'where telephone numbers without a code are from, such as GB; may be given again',
      (value, all: CountryCode[]) => each(country(value), all),
      [],
    )
    .option('--key <text>', 'secret that placeholders are made with, to get the same ones in every run')
    .option('--keep-personal', 'mask nothing')
    .option('--skip-bad', 'leave out what cannot be read, and count it')
    .option('--since <date>', 'only conversations that went on at or after this time, such as 2026-11-01', date)
    .option('--report <file>', 'write what was found and masked as JSON')
    .addHelpText('after', HELP)
    .action(async (paths: string[], flags: Flags) => {
      const { store, out, agent, customer, country, ...options } = flags
      if (paths.length === 0 && store === undefined) {
        throw new ColloquyError('bad_data', 'There is nothing to import.', 'Name an export, or the --store of a bot.')
      }
      if (paths.length > 0 && store !== undefined) {
        throw new ColloquyError('bad_data', 'An export and a --store were named.', 'Import one after the other.')
      }
      const bar = byteProgress(process.stderr)
      const asked = { ...options, agents: agent, customers: customer, countries: country, progress: bar.show }
      const started: Import =
        store === undefined
          ? importChats(paths, asked)
          : importTranscripts(
              readStore(store, flags.since, flags.prefix === undefined ? {} : { prefix: flags.prefix }),
              asked,
            )
      const { conversations, turns } = await writeTranscripts(started.transcripts, out, signal).finally(bar.stop)
      if (flags.report !== undefined) await writeFile(flags.report, `${JSON.stringify(started.report, undefined, 2)}\n`)
      console.log(`${out}: ${conversations} conversations with ${turns} customer turns.`)
      for (const line of told(started.report)) console.log(line)
      console.log(`Next: colloquy label review ${out} --model MODEL, or add "intent" to customer turns by hand.`)
    })
}
