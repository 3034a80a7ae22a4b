import { writeFile } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { ColloquyError } from '@colloquy/core'
import { Command, Option } from 'commander'
import { readExamples, type Split } from '../data/read.js'
import { folderSize } from '../folder.js'
import { fileNames } from '../format.js'
import { report } from '../report/report.js'
import { summary } from '../summary.js'
import { evaluateFolder, readCard } from '../train.js'

const HELP = `
The model answers through the classifier that a bot uses, so the figures are those of production. Utterances with the
intent "oos" (out of scope) measure what is turned away; any other intent must be one that the model knows.

Example
  $ colloquy evaluate --model model --data examples/bank/banking77.jsonl.gz --split test
  $ colloquy evaluate --model model --data examples/bank/banking77.jsonl.gz --split test --report report.html`

interface Flags {
  model: string
  data: string[]
  split?: Split
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
    .option('--report <file>', 'write the figures and charts as a page of HTML')
    .option('--json', 'print the figures as one JSON object')
    .addHelpText('after', HELP)
    .action(async ({ model, data, split, json, report: page }: Flags) => {
      const all = await readExamples(data)
      const examples = split === undefined ? all : all.filter((example) => example.split === split)
      if (examples.length === 0) {
        throw new ColloquyError(
          'bad_data',
          `${data.join(', ')}: none is of the split "${split}".`,
          'Leave --split out.',
        )
      }
      const { evaluation } = await evaluateFolder(model, examples, signal)
      if (page !== undefined) {
        const described = `${split === undefined ? '' : `${split} part of `}${fileNames(data)}`
        const subject = { name: basename(resolve(model)), card: await readCard(model), bytes: await folderSize(model) }
        await writeFile(page, report({ ...subject, data: described, evaluation }))
      }
      console.log(json ? JSON.stringify(evaluation) : summary(evaluation))
    })
}
