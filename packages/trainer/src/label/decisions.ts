import { existsSync } from 'node:fs'
import { appendFile, readFile, truncate } from 'node:fs/promises'
import { ColloquyError } from '@colloquy/core'
import { z } from 'zod'

/** What a person said of a turn. */
export const decision = z
  .object({
    /** Milliseconds since 1970. */
    at: z.number(),
    by: z.string(),
    conversation: z.string(),
    turn: z.number().int().nonnegative(),
    /** `accept`, `relabel` and `new` name an intent; `oos`: no intent covers it; `skip`: not now; `undo`: as it was before. */
    decision: z.enum(['accept', 'relabel', 'new', 'oos', 'skip', 'undo']),
    intent: z.string().trim().min(1).optional(),
  })
  .refine(({ decision, intent }) => ['accept', 'relabel', 'new'].includes(decision) === (intent !== undefined), {
    message: 'accept, relabel and new name an intent, and nothing else does',
  })
export type Decision = z.output<typeof decision>

/** A turn of a conversation, as a key. */
export const turnKey = (conversation: string, turn: number) => JSON.stringify([conversation, turn])

/** The decision that holds for each turn, by {@link turnKey}: the last one that was not undone. */
export function standing(events: readonly Decision[]): Map<string, Decision> {
  const stacks = new Map<string, Decision[]>()
  for (const event of events) {
    const key = turnKey(event.conversation, event.turn)
    const stack = stacks.get(key) ?? []
    if (event.decision === 'undo') stack.pop()
    else stack.push(event)
    stacks.set(key, stack)
  }
  const last = [...stacks].flatMap(([key, stack]): [string, Decision][] => {
    const top = stack.at(-1)
    return top ? [[key, top]] : []
  })
  return new Map(last)
}

/** The last decision of somebody that holds, which an undo takes back. */
export function lastOf(events: readonly Decision[], by: string): Decision | undefined {
  const held = new Set(standing(events).values())
  return events.findLast((event) => event.by === by && held.has(event))
}

/** Decisions in a file of JSONL, to which each new one is appended. */
export class DecisionFile {
  private writing: Promise<void> = Promise.resolve()

  private constructor(
    private readonly file: string,
    readonly events: Decision[],
  ) {}

  /**
   * Reads the decisions that there are. What a crash has left half written at the end is cut off.
   *
   * @throws {@link ColloquyError} `bad_data`, naming file and line.
   */
  static async open(file: string): Promise<DecisionFile> {
    if (!existsSync(file)) return new DecisionFile(file, [])
    const bytes = await readFile(file)
    const whole = bytes.lastIndexOf(0x0a) + 1
    const events = bytes
      .subarray(0, whole)
      .toString('utf8')
      .split('\n')
      .flatMap((line, i) => (line.trim() ? [parse(line, `${file}:${i + 1}`)] : []))
    if (whole < bytes.length) await truncate(file, whole)
    return new DecisionFile(file, events)
  }

  /** Appends a decision; it holds once it is in the file. */
  append(event: Decision): Promise<void> {
    const written = this.writing.then(async () => {
      await appendFile(this.file, `${JSON.stringify(event)}\n`, { flush: true })
      this.events.push(event)
    })
    this.writing = written.catch(() => {})
    return written
  }
}

function parse(line: string, place: string): Decision {
  try {
    return decision.parse(JSON.parse(line))
  } catch {
    throw new ColloquyError(
      'bad_data',
      `${place}: the line is no decision of colloquy label.`,
      'Choose another --labels.',
    )
  }
}
