import { existsSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { ColloquyError, reason } from '../errors.js'

/** The only `format` of a model folder that this version reads and writes. */
export const MODEL_FORMAT = 1

/**
 * `model.json`: with `model.onnx` and `tokenizer.json`, everything that decides an answer, and how the model came to be.
 *
 * `model.onnx` takes `input_ids` and `attention_mask` (int64, [batch, tokens]) and gives `logits` (float32, [batch,
 * labels]) and `embedding` (float32, [batch, width], mean pooled, unit length).
 */
export const modelCard = z.object({
  format: z.literal(MODEL_FORMAT),
  /** In the order of the logits. */
  labels: z
    .array(z.string().min(1))
    .min(2)
    .refine((labels) => new Set(labels).size === labels.length, 'the same label occurs twice'),
  /** Probabilities are softmax(logits / temperature) (Guo et al. 2017, https://arxiv.org/abs/1706.04599). */
  temperature: z.number().positive(),
  /**
   * Energy of the logits, logsumexp(logits / temperature) * temperature (Liu et al. 2020, https://arxiv.org/abs/2010.03759);
   * an utterance that scores under `threshold` is out of scope. `recall` is the share of validation texts kept in scope.
   */
  outOfScope: z.object({ score: z.literal('energy'), threshold: z.number(), recall: z.number().min(0).max(1) }),
  /** Longer utterances are cut to this many tokens, [CLS] and [SEP] counted. */
  maxTokens: z.number().int().min(3).max(8192),
  languages: z.array(z.string()),
  base: z.string(),
  data: z.object({ hash: z.string(), train: z.number().int(), validation: z.number().int() }),
  /** The settings that trained it: enough to do it again. */
  recipe: z.record(z.string(), z.json()),
  environment: z.record(z.string(), z.json()),
  /** Measured on validation unless the name says otherwise. */
  metrics: z.record(z.string(), z.json()),
  /** ISO 8601. */
  created: z.string(),
  /** Wall time of the training, in seconds. */
  seconds: z.number(),
})

/** The files that decide: what else is in the folder is for people. */
export const MODEL_FILES = ['model.json', 'model.onnx', 'tokenizer.json', 'golden.jsonl'] as const

/** An utterance, and what the model must make of it before it may serve: an intent, or null for out of scope. */
const goldenExample = z.object({ text: z.string(), intent: z.string().nullable() })

/** The parsed `model.json`. */
export type ModelCard = z.infer<typeof modelCard>

/** What is in a model folder, read once: a thread that starts later gets the same model even if the folder has changed. */
export interface Model {
  folder: string
  card: ModelCard
  /** The bytes of `model.onnx`, shared by all threads. */
  graph: SharedArrayBuffer
  /** The text of `tokenizer.json`. */
  tokenizer: string
  /** What is in `golden.jsonl`, where there is one. */
  golden: z.infer<typeof goldenExample>[]
}

/**
 * Reads a model folder and checks its card. The graph and the tokenizer are tried by the threads that load them.
 *
 * @throws ColloquyError `bad_model`
 */
export async function readModel(folder: string): Promise<Model> {
  const kind = await stat(folder).catch(() => undefined)
  if (!kind?.isDirectory()) {
    throw badModel(folder, kind ? 'it is a file, not a folder.' : 'there is no such folder.')
  }
  const [json, tokenizer, onnx, golden] = await Promise.all([
    read(folder, 'model.json'),
    read(folder, 'tokenizer.json'),
    read(folder, 'model.onnx'),
    existsSync(join(folder, 'golden.jsonl')) ? read(folder, 'golden.jsonl') : '',
  ])
  const graph = new SharedArrayBuffer(onnx.byteLength)
  new Uint8Array(graph).set(onnx)
  return {
    folder,
    card: parseCard(folder, json.toString()),
    graph,
    tokenizer: tokenizer.toString(),
    golden: parseGolden(folder, golden.toString()),
  }
}

function parseGolden(folder: string, text: string): Model['golden'] {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  try {
    return lines.map((line) => goldenExample.parse(JSON.parse(line)))
  } catch (error) {
    throw badModel(folder, 'golden.jsonl has a line that is not {"text": …, "intent": …}.', error)
  }
}

/** An error of code `bad_model` that names the folder. */
export function badModel(folder: string, problem: string, cause?: unknown): ColloquyError {
  return new ColloquyError(
    'bad_model',
    `The model in ${folder} cannot be used: ${problem}`,
    'Point to a folder that `colloquy train` wrote, or train the model again.',
    { cause },
  )
}

async function read(folder: string, name: string): Promise<Buffer> {
  try {
    return await readFile(join(folder, name))
  } catch (error) {
    const absent = (error as NodeJS.ErrnoException).code === 'ENOENT'
    throw badModel(folder, absent ? `${name} is missing.` : `${name} cannot be read (${reason(error)}).`, error)
  }
}

function parseCard(folder: string, text: string): ModelCard {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw badModel(folder, `model.json is not JSON (${reason(error)}).`, error)
  }
  const format = (json as { format?: unknown } | null)?.format
  if (format !== undefined && format !== MODEL_FORMAT) {
    throw badModel(
      folder,
      `its format is ${JSON.stringify(format)}, and this version of @colloquy/core knows format ${MODEL_FORMAT}.`,
    )
  }
  const card = modelCard.safeParse(json)
  if (card.success) return card.data
  const issues = card.error.issues.map((issue) => `${issue.path.join('.') || 'the file'}: ${issue.message}`)
  throw badModel(folder, `model.json is not a model card (${issues.join('; ')}).`, card.error)
}
