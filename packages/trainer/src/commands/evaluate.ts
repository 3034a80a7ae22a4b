import { writeFile } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { Command, Option } from 'commander'
import { readExamples, readFar, type Split } from '../data/read.js'
import { partOf } from '../data/split.js'
import { evaluateFolder, predictFolder } from '../evaluate.js'
import { folderSize } from '../folder.js'
import { fileNames } from '../format.js'
import { compare } from '../judge/compare.js'
import { compareExact } from '../judge/exact.js'
import type { Prediction } from '../metrics/prediction.js'
import { report } from '../report/report.js'
import { comparisonSummary, exactSummary, summary } from '../summary.js'
import { readCard } from '../train.js'

const HELP = `
The model answers through the classifier that a bot uses, so the figures are those of production. Utterances with the
intent "oos" (out of scope) measure what is turned away; any other intent must be one that the model knows. With --far they
are joined by utterances of another domain, whose intents do not matter.

Examples
  $ colloquy evaluate --model examples/bank/model --data examples/bank/banking77.jsonl.gz --split test
  $ colloquy evaluate --model examples/bank/model --data examples/bank/banking77.jsonl.gz --split test --report report.html

What quantisation costs, where colloquy train --fp32 exact has written the model before it too:
  $ colloquy evaluate --model model --data test.jsonl --fp32 exact

The report also tells how it compares with the model that it might replace:
  $ colloquy evaluate --model candidate --data test.jsonl --against model --report report.html`

interface Flags {
  model: string
  data: string[]
  split?: Split
  far?: string[]
  fp32?: string
  against?: string
  json?: true
  report?: string
}

/** `colloquy evaluate` */
export function evaluateCommand(signal: AbortSignal): Command {
  return new Command('evaluate')
    .description('Measure a model folder on labelled utterances or conversations.')
    .requiredOption('--model <folder>', 'model folder to measure')
    .requiredOption('--data <file...>', 'JSONL files, as for train')
    .addOption(new Option('--split <part>', 'only the rows of this part').choices(['train', 'validation', 'test']))
    .option('--far <file...>', 'JSONL of utterances or conversations of another domain, all to be turned away')
    .option('--fp32 <folder>', 'the same model before quantisation, to compare')
    .option('--against <folder>', 'the model that it might replace, to compare')
    .option('--report <file>', 'write the figures and charts as a page of HTML')
    .option('--json', 'print the figures as one JSON object')
    .addHelpText('after', HELP)
    .action(async ({ model, data, split, far = [], fp32, against, json, report: page }: Flags) => {
      const examples = partOf(await readExamples(data), split)
      const { evaluation, predictions } = await evaluateFolder(model, [...examples, ...(await readFar(far))], signal)
      const card = await readCard(model)
      // What is far away comes last, and only measures what is turned away.
      const said = predictions.slice(0, examples.length)
      const other = (folder: string) => predictFolder(folder, examples, signal)
      const inScope = (of: Prediction[]) => of.filter(({ intent }) => card.labels.includes(intent))
      const exact = fp32 === undefined ? undefined : compareExact(inScope(said), inScope(await other(fp32)))
      const before =
        against === undefined
          ? undefined
          : { name: basename(resolve(against)), comparison: compare(await other(against), said) }
      if (page !== undefined) {
        const described = `${split === undefined ? '' : `${split} part of `}${fileNames(data)}`
        const subject = { name: basename(resolve(model)), card, bytes: await folderSize(model) }
        await writeFile(page, report({ ...subject, data: described, evaluation, before, exact }))
      }
      const shown = { ...evaluation, fp32: exact, against: before?.comparison }
      if (json) return console.log(JSON.stringify(shown))
      console.log(summary(evaluation))
      if (exact) console.log(`\n${exactSummary(exact)}`)
      if (before) console.log(`\n${comparisonSummary(before.comparison)}`)
      if (page !== undefined) console.log(`\nOpen ${page} for the whole picture.`)
    })
}
