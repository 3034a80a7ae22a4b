import { ColloquyError } from '@colloquy/core'
import { z } from 'zod'
import { readLines } from '../data/lines.js'
import type { Transcript, Turn } from '../data/transcript.js'

/** A conversation as it is labelled: what the import writes, and what else is known of it as a whole. */
export interface Conversation extends Transcript {
  /** What it was about, where a tag of a ticket says so. */
  intent?: string
  /** The part that all of its examples go to. */
  split?: string
}

const turn = z.looseObject({
  role: z.enum(['customer', 'agent', 'system']),
  text: z.string().default(''),
  predicted: z.string().optional(),
  confidence: z.number().optional(),
  decision: z.string().optional(),
  action: z.string().optional(),
  review: z.string().optional(),
  liked: z.literal(true).optional(),
  outcome: z.object({ intent: z.string(), ended: z.string().optional() }).optional(),
})
const conversation = z.looseObject({
  id: z.string().min(1),
  channel: z.string().default(''),
  turns: z.array(turn),
  intent: z.string().optional(),
  split: z.string().optional(),
})

/**
 * Reads the conversations that `colloquy import` has written.
 *
 * @throws {@link ColloquyError} `bad_data`, naming file and line.
 */
export async function readConversations(files: string[]): Promise<Conversation[]> {
  const found = new Map<string, Conversation>()
  for (const file of files) {
    for await (const { text, place } of readLines(file)) {
      const read = conversation.safeParse(parsed(text, place))
      if (!read.success) {
        const issue = read.error.issues[0]
        throw bad(`${place}: "${issue?.path.join('.')}": ${issue?.message}.`)
      }
      const { id } = read.data
      if (found.has(id)) throw bad(`${place}: a second conversation has the id ${JSON.stringify(id)}.`)
      found.set(id, { ...read.data, turns: read.data.turns as Turn[] } as Conversation)
    }
  }
  if (found.size === 0) throw bad(`${files.join(', ')}: there is no conversation.`)
  return [...found.values()]
}

function parsed(text: string, place: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw bad(`${place}: the line is not JSON.`)
  }
}

function bad(message: string): ColloquyError {
  return new ColloquyError('bad_data', message, 'Write the file with colloquy import.')
}
