import { ColloquyError, type LogEvent, reason } from '@colloquy/core'
import { type Script, type ScriptTurn, scriptsOf } from '@colloquy/core/testing'
import { z } from 'zod'
import { type Line, readLines } from './lines.js'

const choices = z.array(z.object({ label: z.string(), value: z.string() }))
const part = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({ type: z.literal('choices'), choices }),
  z.object({ type: z.literal('card'), title: z.string(), text: z.string().optional(), choices: choices.optional() }),
  z.object({ type: z.literal('image'), alt: z.string() }),
  z.object({ type: z.literal('file'), name: z.string() }),
  z.object({ type: z.literal('list'), items: z.array(z.string()) }),
])
const common = z.object({
  conversation: z.string().min(1),
  person: z.string().min(1),
  channel: z.string(),
  at: z.number(),
})
const event = z.discriminatedUnion('type', [
  common.extend({ type: z.literal('customer'), text: z.string(), choice: z.string().optional() }),
  common.extend({
    type: z.literal('bot'),
    message: z.object({ parts: z.array(part), speaker: z.string().optional() }),
  }),
  common.extend({ type: z.enum(['dialog', 'commit', 'feedback', 'handoff']) }),
])
const transcript = z.object({
  id: z.string().min(1),
  channel: z.string().default('replay'),
  turns: z.array(
    z.object({ role: z.enum(['customer', 'agent', 'system']), text: z.string(), ts: z.number().optional() }),
  ),
})

/**
 * Reads conversations to be played again from JSONL (`.jsonl` or `.jsonl.gz`): the events of a bot's log, one a line, or
 * conversations as `colloquy import` writes them.
 *
 * @throws {@link ColloquyError} `bad_data`, naming file and line.
 */
export async function readScripts(file: string): Promise<Script[]> {
  const events: LogEvent[] = []
  const scripts: Script[] = []
  for await (const line of readLines(file)) {
    const value = parse(line)
    if ('turns' in value) scripts.push(scriptOf(value))
    // Checked as far as a script needs it.
    else events.push(value as LogEvent)
  }
  scripts.push(...scriptsOf(events))
  if (scripts.some(({ turns }) => turns.some(({ said }) => said))) return scripts
  throw new ColloquyError('bad_data', `${file}: no customer says anything in it.`, SHAPES)
}

const SHAPES = 'Give a log of events, or conversations as colloquy import writes them.'

function parse({ text, place }: Line): z.infer<typeof event> | z.infer<typeof transcript> {
  try {
    const value: unknown = JSON.parse(text)
    const schema = value && typeof value === 'object' && 'turns' in value ? transcript : event
    return schema.parse(value)
  } catch (error) {
    const issue = error instanceof z.ZodError ? error.issues[0] : undefined
    const why = issue ? `"${issue.path.join('.')}": ${issue.message}` : `it is not JSON (${reason(error)})`
    throw new ColloquyError('bad_data', `${place}: ${why}.`, SHAPES)
  }
}

/** What the bot said at another time than the customer, it said of its own accord. */
function scriptOf({ id, channel, turns }: z.infer<typeof transcript>): Script {
  const script: ScriptTurn[] = []
  for (const { role, text, ts } of turns) {
    if (role === 'system') continue
    const at = ts === undefined ? {} : { at: ts * 1000 }
    const last = script.at(-1)
    if (role === 'customer') script.push({ said: { text }, ...at, heard: [] })
    else if (last && last.at === at.at) last.heard.push(text)
    else script.push({ ...at, heard: [text] })
  }
  return { conversation: id, person: id, channel, turns: script }
}
