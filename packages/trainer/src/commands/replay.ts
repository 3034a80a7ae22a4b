import { type Difference, replay } from '@colloquy/core/testing'
import { Command } from 'commander'
import { loadBot } from '../bot-module.js'
import { readScripts } from '../data/script.js'

const HELP = `
FILE holds the events of a bot's log, one a line, or conversations as colloquy import writes them. Each conversation is
played against the bot, in its logged times and with an empty store, until the bot says something else than it did. Exit
code 1 tells that one did.

MODULE exports a bot, or a function that makes one, as default: the function is called for each conversation with the
time at which it began (milliseconds since 1970). The bot is the real one, so give it stand-ins for the services that its
commits change. TypeScript needs tsx (npm install -D tsx).
What was said is compared as text, with personal values masked as they are in the log: where a customer's message reads
"[email]", put an address in its place.

Example
  $ colloquy import --store bot.db --out conversations.jsonl
  $ colloquy replay conversations.jsonl --bot bot.ts`

/** `colloquy replay` */
export function replayCommand(signal: AbortSignal): Command {
  return new Command('replay')
    .description('Play logged conversations against a bot and show where it says something else.')
    .argument('<file>', 'JSONL of events or conversations')
    .requiredOption('--bot <module>', 'module whose default export is the bot')
    .addHelpText('after', HELP)
    .action(async (file: string, { bot }: { bot: string }) => {
      const scripts = await readScripts(file)
      const make = await loadBot(bot)
      let turns = 0
      for (const script of scripts) {
        signal.throwIfAborted()
        const difference = await replay(await make(script.turns[0]?.at ?? Date.now()), script)
        if (difference) {
          console.log(`${script.conversation}, turn ${difference.turn} of ${script.turns.length}\n${shown(difference)}`)
          process.exitCode = 1
          return
        }
        turns += script.turns.length
      }
      console.log(`${scripts.length} conversations with ${turns} turns: the bot says what it said.`)
    })
}

function shown({ said, expected, heard }: Difference): string {
  const rows = [
    ['customer', said === undefined ? ['(says nothing)'] : [said]],
    ['expected', expected],
    ['heard', heard],
  ] as const
  const lines = rows.flatMap(([name, texts]) =>
    (texts.length > 0 ? texts : ['(nothing)']).flatMap((text, n) =>
      text
        .split('\n')
        .map((line, m) => `  ${(n + m === 0 ? name : '').padEnd(10)}${m === 0 && n > 0 ? '· ' : ''}${line}`),
    ),
  )
  return lines.join('\n')
}
