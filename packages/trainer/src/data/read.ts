import { ColloquyError } from '@colloquy/core'
import { z } from 'zod'
import { type Line, readLines } from './lines.js'
import { OUT_OF_SCOPE } from './split.js'

/** Which part of the data an example belongs to. */
export type Split = 'train' | 'validation' | 'test'

/** Something that a customer said, and what they wanted. */
export interface Example {
  /** Trimmed, never empty. */
  text: string
  intent: string
  /** `train` where the row names none. */
  split: Split
  /** The conversation that it was said in: a split keeps these together. */
  conversation?: string
  /** True for what is said in another domain altogether: no intent covers it. */
  far?: true
  /** `file:line`, to name in an error. */
  place: string
}

const split = z
  .enum(['train', 'val', 'validation', 'dev', 'test'])
  .transform((name): Split => (name === 'val' || name === 'dev' ? 'validation' : name))
  .default('train')
const utterance = z.object({ text: z.string(), intent: z.string(), split })
const turn = z.object({ role: z.string(), text: z.string().default(''), intent: z.string().nullish() })
/** An utterance where only the words matter. */
const told = z.object({ text: z.string() }).transform(({ text }) => ({ role: 'customer', text }))
const conversation = z.object({ id: z.string().min(1), split, turns: z.array(turn) })

/**
 * Reads labelled examples from JSONL files (`.jsonl` or `.jsonl.gz`, UTF-8). Each line is an utterance, `{"text",
 * "intent", "split"?}`, or a conversation, `{"id", "turns": [{"role", "text", "intent"?}], "split"?}`, whose customer
 * turns count where they carry an intent. Other keys are ignored; duplicates are kept, and so are texts with several
 * intents, which training settles.
 *
 * @throws {@link ColloquyError} `bad_data`, naming file and line: a line that is not such an object, an empty text, a file
 * without examples.
 * @example
 * ```ts
 * const examples = await readExamples(['bank.jsonl.gz', 'conversations.jsonl'])
 * console.log(examples.length, new Set(examples.map((example) => example.intent)).size)
 * ```
 */
export async function readExamples(files: string[]): Promise<Example[]> {
  const examples: Example[] = []
  for (const file of files) {
    const before = examples.length
    let rows = 0
    for await (const line of readLines(file)) {
      rows++
      for (const example of parseLine(line)) examples.push(example)
    }
    if (rows === 0) throw new ColloquyError('bad_data', `${file} is empty.`)
    if (examples.length === before) {
      const hint =
        'Label some: add "intent" to customer turns, such as {"role":"customer","text":"…","intent":"refund"}.'
      throw new ColloquyError('bad_data', `${file}: no customer turn carries an intent.`, hint)
    }
  }
  return examples
}

/**
 * Reads utterances and what customers say in conversations, whatever they are labelled, as said in another domain.
 *
 * @throws {@link ColloquyError} `bad_data`, as {@link readExamples} does, and for a file without any.
 */
export async function readFar(files: string[]): Promise<Example[]> {
  const texts: Example[] = []
  for (const file of files) {
    const before = texts.length
    for await (const line of readLines(file)) {
      const value = parseObject(line)
      const said = 'turns' in value ? check(conversation, value, line.place).turns : [check(told, value, line.place)]
      for (const { role, text } of said) {
        if (role !== 'customer' || !text.trim()) continue
        texts.push({ ...example({ text, intent: OUT_OF_SCOPE, split: 'test' }, line.place), far: true })
      }
    }
    if (texts.length === before) throw new ColloquyError('bad_data', `${file}: no customer says anything in it.`)
  }
  return texts
}

function parseLine(line: Line): Example[] {
  const { place } = line
  const value = parseObject(line)
  if (!('turns' in value)) return [example(check(utterance, value, place), place)]
  const { id, turns, split } = check(conversation, value, place)
  return turns.flatMap(({ role, text, intent }) =>
    role === 'customer' && intent ? [{ ...example({ text, intent, split }, place), conversation: id }] : [],
  )
}

function parseObject({ text, place }: Line): object {
  const value = parseJson(text, place)
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new ColloquyError('bad_data', `${place}: the line is not a JSON object.`, SHAPES)
  }
  return value
}

const SHAPES = 'Write {"text":"…","intent":"…"} or {"id":"…","turns":[{"role":"customer","text":"…","intent":"…"}]}.'

function parseJson(text: string, place: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    const start = text.length > 60 ? `${text.slice(0, 60)}…` : text
    throw new ColloquyError('bad_data', `${place}: the line is not JSON: ${JSON.stringify(start)}.`, SHAPES)
  }
}

function check<T extends z.ZodType>(schema: T, value: unknown, place: string): z.output<T> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  const path = issue?.path.join('.') ?? ''
  throw new ColloquyError('bad_data', `${place}: "${path}": ${issue?.message ?? 'invalid'}.`, SHAPES)
}

function example(row: { text: string; intent: string; split: Split }, place: string): Example {
  const text = row.text.trim()
  const intent = row.intent.trim()
  if (!text) throw new ColloquyError('bad_data', `${place}: the text is empty.`, 'Remove the row, or write its text.')
  if (!intent) throw new ColloquyError('bad_data', `${place}: the intent is empty.`, 'Remove the row, or label it.')
  // Half of a surrogate pair cannot be written as UTF-8: it would come back as another text.
  if (/\p{Surrogate}/u.test(text + intent)) {
    throw new ColloquyError(
      'bad_data',
      `${place}: the row has broken Unicode.`,
      'Write the character out, or remove it.',
    )
  }
  return { text, intent, split: row.split, place }
}
