import { Command } from 'commander'
import { percent } from '../format.js'
import { progress } from '../progress.js'
import { type ReproduceOptions, reproduce } from '../reproduce.js'

const HELP = `
The card of a model holds the hash of its data, its settings and its seed. On the same processor with the same libraries
training comes out the same; on others the accuracy may move by as much as with another seed. Exit code 1 tells that it
moved by more than a point.

Example
  $ colloquy reproduce model --data examples/bank/banking77.jsonl.gz --out again

Flags after -- go to the recipe as they are, such as the teacher of a model that had one.
  $ colloquy reproduce small --data examples/bank/banking77.jsonl.gz --out again -- --teacher model`

/** How far the accuracy of a reproduced model may be from that of the first. */
const TOLERANCE = 0.01

/** `colloquy reproduce` */
export function reproduceCommand(signal: AbortSignal): Command {
  return new Command('reproduce')
    .description('Train a model again from its card, and compare.')
    .argument('<model>', 'model folder')
    .argument('[recipe...]', 'further flags of the recipe, after --')
    .requiredOption('--data <file...>', 'the files that it was trained on')
    .requiredOption('--out <folder>', 'model folder to write')
    .option('--init <folder>', 'the model folder that it was started from, if any')
    .option('--python <path>', 'interpreter with PyTorch (default: an environment of its own, made on first use)')
    .addHelpText('after', HELP)
    .action(async (model: string, recipe: string[], options: ReproduceOptions) => {
      const shown = progress(process.stderr)
      const say = (line: string) => process.stderr.write(`${line}\n`)
      const host = { signal, say, onEvent: shown.show }
      const { before, evaluation, changed } = await reproduce(model, { ...options, recipe }, host).finally(shown.stop)
      for (const line of changed) console.log(`Not as it was: ${line}`)
      const then = Number(before.metrics.accuracy)
      console.log(`Accuracy on validation: ${percent(then)} then, ${percent(evaluation.accuracy)} now.`)
      if (Math.abs(then - evaluation.accuracy) > TOLERANCE) process.exitCode = 1
    })
}
