import { createInterface } from 'node:readline/promises'
import { classifier, type Encoder } from '@colloquy/core'
import { Command } from 'commander'
import { readExamples } from '../data/read.js'
import { explanation } from '../explanation.js'
import { neighbours } from '../neighbours.js'

const HELP = `
Without a text, one is read from each line of the standard input.

Examples
  $ colloquy ask "where is my card" --model examples/bank/model
  $ colloquy ask "where is my card" --model examples/bank/model --data examples/bank/banking77.jsonl.gz
  $ colloquy ask --model http://nlu.internal:8080 < questions.txt

The score tells whether any intent covers the text: the mean of its energy and of its likeness to the nearest exemplar, each
in standard deviations from what is usual. The weight of a word is what the first intent loses, in logit and in probability,
where the word is left out. No model holds examples: they are read from --data, and go nowhere but to --model.`

interface Flags {
  model: string
  data?: string[]
  token?: string
  json?: true
}

/** `colloquy ask` */
export function askCommand(signal: AbortSignal): Command {
  return new Command('ask')
    .description('Ask a model what a text means, and why.')
    .argument('[text]', 'what a customer says')
    .requiredOption('--model <folder-or-url>', 'model folder, or the address of a process that serves one')
    .option('--data <file...>', 'JSONL files, as for train: shows the examples that are nearest')
    .option('--token <text>', 'what the service at an address asks for')
    .option('--json', 'print one JSON object for each text')
    .addHelpText('after', HELP)
    .action(async (text: string | undefined, { model: place, data, token, json }: Flags) => {
      const examples = data && (await readExamples(data)).filter(({ split }) => split !== 'test')
      const model = await classifier(place, { watch: false, ...(token !== undefined && { token }) })
      const find = examples && neighbours(model, examples)
      try {
        for await (const one of text === undefined ? lines(signal) : [text]) {
          const { near, ...explained } = await ask(model, one, find)
          console.log(
            json
              ? JSON.stringify({ ...explained, ...(near && { near }) })
              : explanation(explained, near, process.stdout),
          )
        }
      } finally {
        await model.close()
      }
    })
}

async function ask(model: Encoder, text: string, find: ReturnType<typeof neighbours> | undefined) {
  const explained = await model.explain(text)
  return {
    text,
    ...explained,
    near: await find?.(
      text,
      explained.ranking.map(({ intent }) => intent),
    ),
  }
}

/** What is typed, or comes in by a pipe; blank lines are passed over. */
async function* lines(signal: AbortSignal): AsyncGenerator<string> {
  const { stdin: input, stdout: output } = process
  const typed = createInterface({ input, ...(input.isTTY && { output, prompt: '\n> ' }), signal })
  typed.prompt()
  for await (const line of typed) {
    if (line.trim() !== '') yield line
    typed.prompt()
  }
}
