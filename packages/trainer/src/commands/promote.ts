import { ColloquyError } from '@colloquy/core'
import { Command } from 'commander'
import { history, type Promotion, promote, rollBack } from '../judge/promote.js'

const HELP = `
Examples
  $ colloquy promote candidate --to model     # bots that serve it take it over while they run
  $ colloquy promote --back --to model        # the one before serves again
  $ colloquy promote --history --to model

The candidate must load and answer its golden examples; it stays where it is. The last five models that served are kept in
the folder model-history.`

interface Flags {
  to: string
  back?: true
  history?: true
}

/** `colloquy promote` */
export function promoteCommand(): Command {
  return new Command('promote')
    .description('Put a model where bots serve it from, or put the one before back.')
    .argument('[candidate]', 'model folder')
    .requiredOption('--to <folder>', 'folder that bots serve from')
    .option('--back', 'roll back the last promotion')
    .option('--history', 'list what has served')
    .addHelpText('after', HELP)
    .action(async (candidate: string | undefined, { to, back, history: list }: Flags) => {
      if (list) return console.log((await history(to)).map(told).join('\n') || `${to} has no history.`)
      if (back) return console.log(`${to}: ${told(await rollBack(to))}`)
      if (!candidate) throw new ColloquyError('bad_data', 'No candidate is named.', 'See colloquy promote --help.')
      console.log(`${to}: ${told(await promote(candidate, to))}`)
    })
}

function told({ at, action, created, metrics }: Promotion): string {
  const accuracy = typeof metrics.accuracy === 'number' ? `, accuracy ${(metrics.accuracy * 100).toFixed(1)} %` : ''
  return `${at} ${action}: the model of ${created}${accuracy}`
}
