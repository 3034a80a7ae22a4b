import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { ColloquyError, classifier, reason } from '@colloquy/core'
import { Command } from 'commander'
import { z } from 'zod'
import { readExamples } from '../data/read.js'
import { thousands } from '../format.js'
import { PATIENCE } from '../head/embed.js'
import { DecisionFile } from '../label/decisions.js'
import { examplesOf } from '../label/examples.js'
import { findings, toldFindings } from '../label/findings.js'
import { itemsOf, type Labelling } from '../label/items.js'
import { reportOf, told } from '../label/report.js'
import { Review } from '../label/review.js'
import { type Study, study } from '../label/study.js'
import { reviewInTerminal } from '../label/terminal.js'
import { readConversations } from '../label/transcripts.js'
import { type Actions, labelFunctions } from '../label/weak.js'
import { serveReview } from '../label/web/server.js'
import { whole } from './options.js'

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
  model?: string
  examples?: string[]
}

interface ReviewFlags extends Flags {
  model: string
  web?: true
  port: number
  by: string
}

interface Opened extends Labelling {
  file: DecisionFile
}

/** `colloquy label` */
export function labelCommand(signal: AbortSignal): Command {
  const label = new Command('label')
    .description('Make examples of conversations: weak labels from what happened next, and what people decide.')
    .addHelpText('after', HELP)
  label.addCommand(reportCommand(signal))
  label.addCommand(reviewCommand(signal))
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

function reportCommand(signal: AbortSignal): Command {
  return begin('report', 'Show what is labelled, by what, where labels contradict one another, and what is new.')
    .option(
      '--model <folder>',
      'model folder: with it, what no intent covers and what may be labelled wrongly is told too',
    )
    .option('--examples <file...>', 'JSONL of examples that are known already')
    .option('--json', 'print it as one JSON object')
    .action(async (files: string[], flags: Flags & { json?: true }) => {
      const { file, ...labelling } = await open(files, flags)
      const report = reportOf(labelling, file.events)
      const { model } = flags
      const studied = model === undefined ? undefined : await look({ ...flags, model }, labelling, file, signal)
      const found = studied && findings(studied)
      console.log(
        flags.json
          ? JSON.stringify({ ...report, ...found })
          : [told(report), ...(found ? toldFindings(found) : [])].join('\n'),
      )
    })
}

function reviewCommand(signal: AbortSignal): Command {
  return begin('review', 'Decide about the texts that it helps most to decide about, by keys alone.')
    .requiredOption('--model <folder>', 'model folder; one of another domain will do, for its encoder')
    .option('--examples <file...>', 'JSONL of examples that are known already')
    .option('--by <name>', 'who decides', userInfo().username)
    .option('--web', 'as a page that only this machine sees, instead of in the terminal')
    .option('--port <number>', 'with --web: where; 0 takes any', whole(0), 3211)
    .action(async (files: string[], flags: ReviewFlags) => {
      if (!flags.web && (!process.stdin.isTTY || !process.stdout.isTTY)) {
        throw new ColloquyError('bad_data', 'A review needs a terminal.', 'Run it in one, or add --web.')
      }
      const { file, ...labelling } = await open(files, flags)
      const review = new Review(labelling.items, await look(flags, labelling, file, signal), file, flags.by)
      const before = review.state().decided
      if (flags.web) await serve(review, flags.port, signal)
      else await reviewInTerminal(review, { input: process.stdin, output: process.stdout }, signal)
      const { decided, left } = review.state()
      console.log(`${flags.labels}: ${thousands(decided - before)} more decided, ${thousands(left)} left.`)
    })
}

async function serve(review: Review, port: number, signal: AbortSignal): Promise<void> {
  const page = await serveReview(review, port)
  console.log(`${page.url} is open to this machine. Ctrl-C ends it; every decision is written as it is taken.`)
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
  await page.stop()
}

async function look(
  { model, examples }: Flags & { model: string },
  { items }: Labelling,
  { events }: DecisionFile,
  signal: AbortSignal,
): Promise<Study> {
  const known = examples === undefined ? [] : await readExamples(examples)
  const encoder = await classifier(model, { watch: false, patience: PATIENCE })
  process.stderr.write(`Reading ${thousands(items.length)} texts…\n`)
  try {
    return await study(encoder, items, events, known, signal)
  } finally {
    await encoder.close()
  }
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
