import { Command } from 'commander'
import { duration, megabytes, percent } from '../format.js'
import { progress } from '../progress.js'
import { summary } from '../summary.js'
import { type TrainOptions, train } from '../train.js'
import { between0and1, positive, whole } from './options.js'

const HELP = `
Data is JSONL, plain or .gz, and each line is one of
  {"text": "Where is my card?", "intent": "card_arrival", "split": "train"}
  {"id": "c1", "turns": [{"role": "customer", "text": "Where is my card?", "intent": "card_arrival"}, …]}
"split" may be left out; rows of the split "test" are never trained on. Rows of the split "validation" are validated
on; where there are none, a tenth of the texts is taken out. Rows with the intent "oos" (out of scope) only measure.

Example
  $ colloquy train --data examples/bank/banking77.jsonl.gz --out model
  $ colloquy train --data old.jsonl labelled-conversations.jsonl --out model --epochs 8

To add or edit intents on a laptop: the encoder stays as it is, and only the head on top of it is fitted, in seconds.
  $ colloquy train --head-only --init model --data old.jsonl new.jsonl --out model

For a new domain start from a model of yours; for a smaller model keep three layers and let the large one teach it.
  $ colloquy train --init model --data shop.jsonl --out shop-model
  $ colloquy train --data bank.jsonl --out small --layers 3 --teacher model

Flags after -- go to the recipe as they are: see python -m colloquy_trainer --help, run in packages/trainer/python.
  $ colloquy train --data old.jsonl --out model -- --device cpu`

interface Flags extends TrainOptions {
  base?: string
  layers?: number
  teacher?: string[]
  outliers?: string
  vocab?: number
  epochs?: number
  maxTokens?: number
  batch?: number
  lr?: number
  json?: true
}

/** `colloquy train` */
export function trainCommand(signal: AbortSignal): Command {
  return new Command('train')
    .description('Fine-tune an intent classifier on labelled utterances or conversations and write its model folder.')
    .argument('[recipe...]', 'further flags of the recipe, after --')
    .requiredOption('--data <file...>', 'JSONL files to train on together')
    .requiredOption('--out <folder>', 'model folder to write; an older one is replaced when the new one is finished')
    .option('--base <id-or-folder>', 'encoder to start from (default: sentence-transformers/all-MiniLM-L6-v2)')
    .option('--init <folder>', 'model folder to start from instead')
    .option('--head-only', 'fit only the head on the encoder of --init: seconds, and no Python')
    .option('--layers <count>', 'layers of the encoder to keep, evenly spaced (default: all)', whole(1))
    .option('--teacher <folder...>', 'model folders of the same intents whose mean opinion is learned too')
    .option('--outliers <file>', 'JSONL of {"text"} that no intent covers, to tell them from those that one does')
    .option('--recall <share>', 'share of validation that is not to be turned away (default: 0.97)', between0and1)
    .option('--vocab <pieces>', 'word pieces to keep, to make the model smaller; 0 keeps all (default: 0)', whole(0))
    .option('--epochs <count>', 'passes over the data (default: 6)', whole(1))
    .option('--seed <number>', 'of the split and of training', whole(0), 0)
    .option('--max-tokens <tokens>', 'longer utterances are cut (default: 64)', whole(4))
    .option('--batch <texts>', 'texts a step (default: 64)', whole(1))
    .option('--lr <rate>', 'peak learning rate of the encoder (default: 0.0002)', positive)
    .option('--fp32 <folder>', 'also write the model before quantisation, to compare')
    .option('--python <path>', 'interpreter with PyTorch (default: an environment of its own, made on first use)')
    .option('--json', 'print the result as one JSON object')
    .addHelpText('after', HELP)
    .action(async (more: string[], { json, ...options }: Flags) => {
      const { base, vocab, epochs, maxTokens, batch, lr, layers, teacher, outliers } = options
      const named = {
        base,
        vocab,
        epochs,
        'max-tokens': maxTokens,
        batch,
        lr,
        layers,
        outliers,
        teacher: teacher?.join(),
      }
      const recipe = Object.entries(named).flatMap(([name, value]) =>
        value === undefined ? [] : [`--${name}`, String(value)],
      )
      const shown = progress(process.stderr)
      const say = (line: string) => process.stderr.write(`${line}\n`)
      const host = { signal, say, onEvent: shown.show }
      const trained = await train({ ...options, recipe: [...recipe, ...more] }, host).finally(shown.stop)
      const { out, bytes, seconds, evaluation, card } = trained
      if (json) return void process.stdout.write(`${JSON.stringify({ out, bytes, seconds, ...evaluation })}\n`)
      console.log(`\n${summary(evaluation)}\n`)
      const kept = percent(card.outOfScope.recall)
      console.log(`What is turned away as out of scope is chosen so that ${kept} of validation is kept.`)
      console.log(
        `${out} is ready: ${megabytes(bytes)}, made in ${duration(seconds)}. Open ${out}/report.html for the whole picture.`,
      )
    })
}
