import { Command } from 'commander'
import { readStore } from '../data/store.js'
import { writeTranscripts } from '../import.js'
import { date } from './options.js'

const HELP = `
One conversation a line, its times in Unix seconds:
  {"id": "web:7f3a", "channel": "web", "turns": [
    {"role": "customer", "text": "Where is my card?", "ts": 1795600000.5,
     "predicted": "card_arrival", "confidence": 0.93, "decision": "open"},
    {"role": "agent", "text": "It arrives on Friday.", "ts": 1795600000.9}]}

"predicted" is what the bot thought. A person adds "intent", what the customer meant, to the customer turns that should
be trained on, and trains on them together with the old data:
  $ colloquy import --store bot.db --out conversations.jsonl
  $ editor conversations.jsonl      # add "intent": "card_arrival" to customer turns
  $ colloquy train --data examples/bank/banking77.jsonl.gz conversations.jsonl --out model`

/** `colloquy import` */
export function importCommand(signal: AbortSignal): Command {
  return new Command('import')
    .description("Write the conversations in a bot's own store as JSONL, to be labelled and trained on.")
    .requiredOption('--store <file>', 'the SQLite file of the bot')
    .option('--out <file>', 'file to write; one that exists is left alone', 'conversations.jsonl')
    .option('--since <date>', 'only conversations that went on at or after this time, such as 2026-11-01', date)
    .addHelpText('after', HELP)
    .action(async ({ store, out, since }: { store: string; out: string; since?: number }) => {
      const { conversations, turns } = await writeTranscripts(readStore(store, since), out, signal)
      console.log(`${out}: ${conversations} conversations with ${turns} customer turns.`)
      console.log('Next: add "intent" to customer turns, then train on them with colloquy train --data.')
    })
}
