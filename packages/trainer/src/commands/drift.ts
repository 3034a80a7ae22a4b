import { writeFile } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { ColloquyError, classifier } from '@colloquy/core'
import { readModel } from '@colloquy/core/model'
import { Command } from 'commander'
import { openStore } from '../data/open-store.js'
import { percent, thousands } from '../format.js'
import { alerts, type Drift, type DriftRow, drift, type Moved } from '../judge/drift.js'
import { driftReport } from '../report/drift.js'
import { between0and1, date, positive } from './options.js'

const HELP = `
Examples
  $ colloquy drift --store bot.db --model model --since 2026-11-01
  $ colloquy drift --store bot.db --model model --baseline 2026-10-01 --since 2026-11-01 --html drift.html

What people come with, day by day, beside what the model was validated on; with --baseline beside what they came with from
that day until --since. The model reads every utterance of the log anew. Four figures are watched:
  out of scope   share of utterances that no intent covers; an alert where it is surely 10 points more than usual
  margin         mean lead of the first intent over the second; an alert where it is surely 0.1 less
  mix            population stability index of the intents, less what chance makes of it; an alert over 0.25
  centroid       way of the mean embedding, in standard deviations of a text, less what chance makes of it; over 0.25
Days of fewer than 50 utterances raise no alert. The exit code is 3 where there is one.`

interface Flags {
  store: string
  prefix?: string
  model: string
  since?: number
  baseline?: number
  outOfScope: number
  margin: number
  mix: number
  centroid: number
  html?: string
  json?: true
}

/** What the exit code says where something has drifted. */
const ALERT = 3

/** `colloquy drift` */
export function driftCommand(signal: AbortSignal): Command {
  return new Command('drift')
    .description('Tell how what is said to a bot moves away from what its model knows.')
    .requiredOption('--store <file-or-url>', 'the store of the bot, as for import')
    .requiredOption('--model <folder>', 'model folder that serves it')
    .option('--prefix <text>', 'what the names in the database begin with, where the bot gives its store a prefix')
    .option('--since <date>', 'only what was said at or after this time', date)
    .option('--baseline <date>', 'take what was said from here until --since for usual', date)
    .option('--out-of-scope <share>', 'alert from so much more on', between0and1, 0.1)
    .option('--margin <probability>', 'alert from so much less on', between0and1, 0.1)
    .option('--mix <index>', 'alert over this', positive, 0.25)
    .option('--centroid <deviations>', 'alert over this', positive, 0.25)
    .option('--html <file>', 'write the figures and charts as a page of HTML')
    .option('--json', 'print the figures as one JSON object')
    .addHelpText('after', HELP)
    .action(async ({ store: place, prefix, model: folder, since, baseline, html, json, ...limits }: Flags) => {
      if (baseline !== undefined && (since === undefined || baseline >= since)) {
        throw new ColloquyError('bad_data', '--baseline needs a later --since.', 'See colloquy drift --help.')
      }
      const model = await readModel(folder)
      const store = await openStore(place, prefix === undefined ? {} : { prefix })
      try {
        const encoder = await classifier(folder, { watch: false })
        try {
          const events = store.events(baseline ?? since ?? 0)
          const apart = baseline !== undefined && since !== undefined ? { since } : {}
          const found = await drift(events, model, encoder, { ...limits, ...apart }, signal)
          if (html !== undefined) await writeFile(html, driftReport(basename(resolve(folder)), found))
          console.log(json ? JSON.stringify({ ...found, alerts: alerts(found) }) : summary(found))
          if (alerts(found).length > 0) process.exitCode = ALERT
        } finally {
          await encoder.close()
        }
      } finally {
        await store.close()
      }
    })
}

function summary(found: Drift): string {
  const { usual, days, all } = found
  if (!all) return 'Nothing was said that was read for its intent.'
  const cell = ({ alert }: Moved, text: string) => `${text}${alert ? ' !' : '  '}`.padStart(15)
  const index = (moved: Moved) => cell(moved, moved.shift === null ? 'not known' : moved.shift.toFixed(2))
  const line = ({ day, turns, outOfScope, margin, mix, centroid }: DriftRow) =>
    [
      day.padEnd(10),
      thousands(turns).padStart(10),
      cell(outOfScope, percent(outOfScope.value)),
      cell(margin, margin.value.toFixed(2)),
      index(mix),
      index(centroid),
    ].join('')
  const known = usual
    ? `${'usual'.padEnd(10)}${thousands(usual.turns).padStart(10)}${`${percent(usual.outOfScope)}  `.padStart(15)}${`${usual.margin.mean.toFixed(2)}  `.padStart(15)}`
    : 'What is usual is not known: the model is of an earlier version. Give --baseline, or train it again.'
  const told = alerts(found)
  return [
    `${''.padEnd(10)}${'turns'.padStart(10)}${['out of scope', 'margin', 'mix', 'centroid'].map((name) => `${name}  `.padStart(15)).join('')}`,
    known,
    ...days.map(line),
    line(all),
    ...(all.movers.length > 0 ? ['', 'Intents that have moved most'] : []),
    ...all.movers.map(
      ({ intent, share, usual }) => `  ${percent(usual).padStart(7)} → ${percent(share).padStart(7)}  ${intent}`,
    ),
    '',
    ...(told.length > 0 ? ['Drifted:', ...told.map((one) => `  ${one}`)] : usual ? ['Nothing has drifted.'] : []),
  ]
    .join('\n')
    .trimEnd()
}
