import { ColloquyError } from '@colloquy/core'
import { Command, Option } from 'commander'
import { openStore } from '../data/open-store.js'
import { readExamples, type Split } from '../data/read.js'
import { partOf } from '../data/split.js'
import { predictFolder } from '../evaluate.js'
import { percent, thousands } from '../format.js'
import { compare } from '../judge/compare.js'
import { compareLive, type LiveComparison, type Rate } from '../judge/live.js'
import { between, comparisonSummary, points } from '../summary.js'
import { date } from './options.js'

const HELP = `
Examples
  $ colloquy compare model candidate --data test.jsonl --critical lost_or_stolen_card
  $ colloquy compare --live --store bot.db --since 2026-11-01

Two models decide about the same utterances: which they get newly right and newly wrong, intent by intent, and whether that
can be chance (McNemar's exact test). The exit code is 3 where the second should not replace the first: where it is
significantly worse, loses more than --tolerance, or loses utterances of a --critical intent.

With --live the log of a bot tells how the versions have fared that served it side by side (classifier(…, { canary })).`

interface Flags {
  data?: string[]
  split?: Split
  critical: string[]
  tolerance: number
  live?: true
  store?: string
  since?: number
  json?: true
}

/** What the exit code says of a model that should not replace another. */
const REFUSED = 3

/** `colloquy compare` */
export function compareCommand(signal: AbortSignal): Command {
  return new Command('compare')
    .description('Compare two models on labelled utterances, or the versions that a bot has served.')
    .argument('[before]', 'model folder that serves now')
    .argument('[after]', 'model folder that might replace it')
    .option('--data <file...>', 'JSONL files, as for train')
    .addOption(new Option('--split <part>', 'only the rows of this part').choices(['train', 'validation', 'test']))
    .option(
      '--critical <intent>',
      'an intent that may not get worse; may be given again',
      (one, all: string[]) => [...all, one],
      [],
    )
    .option('--tolerance <share>', 'what may be lost by chance', Number, 0.005)
    .option('--live', 'compare by the outcome of conversations')
    .option('--store <file-or-url>', 'with --live: the store of the bot')
    .option('--since <date>', 'with --live: only what happened at or after this time', date)
    .option('--json', 'print the figures as one JSON object')
    .addHelpText('after', HELP)
    .action(async (before: string | undefined, after: string | undefined, flags: Flags) => {
      if (flags.live) {
        if (!flags.store) throw new ColloquyError('bad_data', '--live needs --store.', 'Name the store of the bot.')
        const store = await openStore(flags.store)
        try {
          const live = await compareLive(store.events(flags.since ?? 0), before)
          console.log(flags.json ? JSON.stringify(live) : liveSummary(live))
        } finally {
          await store.close()
        }
        return
      }
      if (!before || !after || !flags.data) {
        throw new ColloquyError('bad_data', 'Two model folders and --data are needed.', 'See colloquy compare --help.')
      }
      const examples = partOf(await readExamples(flags.data), flags.split)
      const predictions = [
        await predictFolder(before, examples, signal),
        await predictFolder(after, examples, signal),
      ] as const
      const comparison = compare(...predictions, flags)
      console.log(flags.json ? JSON.stringify(comparison) : comparisonSummary(comparison))
      if (comparison.objections.length > 0) process.exitCode = REFUSED
    })
}

function liveSummary({ outcomes, differences }: LiveComparison): string {
  if (outcomes.length === 0) return 'The log knows no version of a model.'
  const names = ['fallback', 'correction', 'handoff', 'completion', 'thumbs', 'shadow'] as const
  const cell = ({ hits, count, interval: [from, to] }: Rate) =>
    count === 0 ? '–' : `${percent(hits / count)} (${percent(from)} to ${percent(to)} of ${thousands(count)})`
  const lines = outcomes.flatMap((one) => [
    `${one.model}: ${thousands(one.conversations)} conversations, ${thousands(one.turns)} turns`,
    ...names.map((name) => `  ${name.padEnd(12)}${cell(one[name])}`),
  ])
  const told = differences.flatMap(({ model, rates }) => [
    `${model} less ${outcomes[0]?.model}`,
    ...names.map((name) => `  ${name.padEnd(12)}${points(rates[name].difference)} (${between(rates[name].interval)})`),
  ])
  return [...lines, ...(told.length > 0 ? ['', ...told] : [])].join('\n')
}
