import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { ColloquyError, reason } from '@colloquy/core'
import { Command } from 'commander'
import { readCard } from '../train.js'

const HELP = `
With that type, a dialog for an intent that the model does not know is an error of the compiler:
  import { dialogsOf } from '@colloquy/core'
  import type { Intent } from './intents.js'
  export const { dialog, answers } = dialogsOf<Intent>()

Write it anew whenever the model changes.

Example
  $ colloquy types --model model --out src/intents.ts`

const FIRST = '// Written by colloquy types'

/** `colloquy types` */
export function typesCommand(): Command {
  return new Command('types')
    .description('Write what a model tells apart as a TypeScript type.')
    .requiredOption('--model <folder>', 'model folder')
    .option('--out <file>', 'file to write', 'intents.d.ts')
    .addHelpText('after', HELP)
    .action(async ({ model, out }: { model: string; out: string }) => {
      const { labels } = await readCard(model).catch((error) => {
        throw new ColloquyError('bad_model', `${model}/model.json cannot be read: ${reason(error)}.`, 'Check --model.')
      })
      const there = await readFile(out, 'utf8').catch(() => FIRST)
      if (!there.startsWith(FIRST)) {
        throw new ColloquyError('bad_data', `${out} was not written by this command.`, 'Choose another --out.')
      }
      const type = labels.map((label) => `\n  | ${quoted(label)}`).join('')
      await mkdir(dirname(out), { recursive: true })
      await writeFile(
        out,
        `${FIRST} from a model's labels: write it anew when the model changes.\nexport type Intent =${type}\n`,
      )
      console.log(`${out}: ${labels.length} intents.`)
    })
}

/** A TypeScript string, in single quotes. */
function quoted(label: string): string {
  return `'${JSON.stringify(label).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
}
