import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { ColloquyError, reason } from '@colloquy/core'
import { Command } from 'commander'
import { z } from 'zod'
import { DecisionFile } from '../label/decisions.js'
import { examplesOf } from '../label/examples.js'
import { itemsOf, type Labelling } from '../label/items.js'
import { reportOf, told } from '../label/report.js'
import { readConversations } from '../label/transcripts.js'
import { type Actions, labelFunctions } from '../label/weak.js'

const HELP = `
Weak labels come from what happened next: the agent's action or macro, a dialog that ran to its end, a thumb, the same thing
said again within two turns, and the "intent" of a conversation where a tag gives it one. --actions says what an action shows:
  {"refund_*": "request_refund", "send_tracking_link": "track_order", "goodbye": null}
Without it, an action is its own intent. What people decide goes before what is weak, and each decision is a line that is
appended to --labels.

Examples
  $ colloquy label report conversations.jsonl --actions actions.json
  $ colloquy label export conversations.jsonl --actions actions.json --out examples.jsonl
  $ colloquy train --data examples.jsonl --out model`

interface Flags {
  labels: string
  actions?: string
}

interface Opened extends Labelling {
  file: DecisionFile
}

/** `colloquy label` */
export function labelCommand(): Command {
  const label = new Command('label')
    .description('Make examples of conversations: weak labels from what happened next, and what people decide.')
    .addHelpText('after', HELP)
  label.addCommand(reportCommand())
  label.addCommand(exportCommand())
  for (const command of label.commands) command.exitOverride().showHelpAfterError('(add --help for help)')
  return label
}

/** The options that each of them has. */
function begin(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .argument('<conversations...>', 'JSONL that colloquy import wrote')
    .option('--labels <file>', 'where decisions are appended', 'labels.jsonl')
    .option('--actions <file>', "JSON: which intent an agent's action shows")
}

function reportCommand(): Command {
  return begin('report', 'Show what is labelled, by what, and where labels contradict one another.')
    .option('--json', 'print it as one JSON object')
    .action(async (files: string[], flags: Flags & { json?: true }) => {
      const { file, ...labelling } = await open(files, flags)
      const report = reportOf(labelling, file.events)
      console.log(flags.json ? JSON.stringify(report) : told(report))
    })
}

function exportCommand(): Command {
  return begin('export', 'Write the labelled turns as examples to train on.')
    .requiredOption('--out <file>', 'file to write; one that exists is left alone')
    .action(async (files: string[], flags: Flags & { out: string }) => {
      const { items, file } = await open(files, flags)
      const examples = examplesOf(items, file.events)
      if (examples.length === 0) {
        throw new ColloquyError('bad_data', 'No turn has a label.', 'Give --actions, or decide: colloquy label review.')
      }
      if (existsSync(flags.out)) throw new ColloquyError('bad_data', `${flags.out} exists.`, 'Choose another --out.')
      await writeFile(flags.out, examples.map((one) => `${JSON.stringify(one)}\n`).join(''), { flag: 'wx' })
      const turns = examples.flatMap((one) => one.turns)
      console.log(
        `${flags.out}: ${turns.length} examples of ${new Set(turns.map(({ intent }) => intent)).size} intents from ${examples.length} conversations.`,
      )
    })
}

async function open(files: string[], { labels, actions }: Flags): Promise<Opened> {
  const functions = labelFunctions(actions === undefined ? {} : await readActions(actions))
  const labelling = itemsOf(await readConversations(files), functions)
  return { ...labelling, file: await DecisionFile.open(labels) }
}

async function readActions(file: string): Promise<Actions> {
  try {
    return z.record(z.string(), z.string().min(1).nullable()).parse(JSON.parse(await readFile(file, 'utf8')))
  } catch (error) {
    const what = error instanceof z.ZodError ? 'an action shows an intent or null' : reason(error)
    throw new ColloquyError(
      'bad_data',
      `${file}: ${what}.`,
      'Write {"refund_sent": "request_refund", "goodbye": null}.',
    )
  }
}
