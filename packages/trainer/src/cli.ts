import { ColloquyError, reason } from '@colloquy/core'
import { Command, CommanderError } from 'commander'

const HELP = `
From conversations to a better bot
  $ colloquy import --store bot.db --out conversations.jsonl    what customers said to the bot
  $ colloquy import slack-export.zip                            or what they said to people
  $ colloquy label review conversations.jsonl --model served    what they meant
  $ colloquy label export conversations.jsonl --out new.jsonl
  $ colloquy train --data old.jsonl new.jsonl --out model
  $ colloquy evaluate --model model --data test.jsonl
  $ colloquy ask "where is my card" --model model               why it understands what it does
  $ colloquy compare served model --data test.jsonl && colloquy promote model --to served
  $ colloquy drift --store bot.db --model served                whether people still come with what it knows

Each command has its own --help, with an example. Exit codes: 0 done, 1 a failure of ours, 2 something you can put
right, 3 a model that should not replace another or has drifted, 130 interrupted. DEBUG=1 shows where a failure came from.`

const interrupted = new AbortController()
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => interrupted.abort(new Error(`Interrupted (${name}).`)))
}

const program = new Command('colloquy')
  .description('Turns conversations into the classifier of a bot: imports, labels, trains, evaluates, promotes.')
  .addHelpText('after', HELP)
/** In the order in which they are listed. */
const COMMANDS: Record<string, () => Promise<(signal: AbortSignal) => Command>> = {
  import: async () => (await import('./commands/import.js')).importCommand,
  label: async () => (await import('./commands/label.js')).labelCommand,
  train: async () => (await import('./commands/train.js')).trainCommand,
  reproduce: async () => (await import('./commands/reproduce.js')).reproduceCommand,
  evaluate: async () => (await import('./commands/evaluate.js')).evaluateCommand,
  ask: async () => (await import('./commands/ask.js')).askCommand,
  compare: async () => (await import('./commands/compare.js')).compareCommand,
  promote: async () => (await import('./commands/promote.js')).promoteCommand,
  drift: async () => (await import('./commands/drift.js')).driftCommand,
  types: async () => (await import('./commands/types.js')).typesCommand,
  replay: async () => (await import('./commands/replay.js')).replayCommand,
}
// Each needs other libraries: loading all of them takes up to twice as long.
const asked = Object.entries(COMMANDS).filter(([name]) => name === process.argv[2])
for (const [, load] of asked.length > 0 ? asked : Object.entries(COMMANDS)) {
  program.addCommand((await load())(interrupted.signal))
}
for (const command of [program, ...program.commands]) command.exitOverride().showHelpAfterError('(add --help for help)')

try {
  await program.parseAsync()
} catch (error) {
  process.exitCode = exitCode(error)
}

function exitCode(error: unknown): number {
  // Commander has said what it has to say.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  if (interrupted.signal.aborted) {
    console.error('Interrupted: nothing was written.')
    return 130
  }
  console.error(process.env.DEBUG && error instanceof Error ? error.stack : `colloquy: ${reason(error)}`)
  return error instanceof ColloquyError ? 2 : 1
}
