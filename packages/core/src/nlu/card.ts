import { existsSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { ColloquyError, reason } from '../errors.js'
import { type Head, readHead } from './head.js'

/** The only `format` of a model folder that this version reads and writes. */
export const MODEL_FORMAT = 2

const scale = z.object({ mean: z.number(), deviation: z.number().positive() })

/**
 * `model.json`: with `model.onnx`, `head.safetensors` and `tokenizer.json`, everything that decides an answer, and how the
 * model came to be.
 *
 * `model.onnx` takes `input_ids` and `attention_mask` (int64, [batch, tokens]) and gives `embedding` (float32, [batch,
 * width], mean pooled, unit length). `head.safetensors` holds `weight` ([labels, width]) and `bias` ([labels]), which make
 * logits of it, and `exemplars` ([labels * n, width]): n embeddings of unit length that stand for those of each intent.
 */
export const modelCard = z
  .object({
    format: z.literal(MODEL_FORMAT),
    /** In the order of the logits. */
    labels: z
      .array(z.string().min(1))
      .min(2)
      .refine((labels) => new Set(labels).size === labels.length, 'the same label occurs twice'),
    /** Probabilities are softmax(logits / temperature) (Guo et al. 2017, https://arxiv.org/abs/1706.04599). */
    temperature: z.number().positive(),
    /** What tells that no intent covers an utterance. */
    outOfScope: z.object({
      /** Share of validation texts that the thresholds keep in scope. */
      recall: z.number().min(0).max(1),
      /** The energy of the logits of validation texts. */
      energy: scale,
      /** The likeness of validation texts to their nearest exemplar. */
      likeness: scale,
      /** For each intent, in the order of the labels: an utterance that is given it and scores less is out of scope. */
      thresholds: z.array(z.number()),
    }),
    /** Longer utterances are cut to this many tokens, [CLS] and [SEP] counted. */
    maxTokens: z.number().int().min(3).max(8192),
    languages: z.array(z.string()),
    base: z.string(),
    /** The encoder's architecture in the words of Hugging Face transformers: enough to train on from it. */
    encoder: z.record(z.string(), z.json()),
    data: z.object({ hash: z.string(), train: z.number().int(), validation: z.number().int() }),
    /** The settings that trained it: enough to do it again. */
    recipe: z.record(z.string(), z.json()),
    environment: z.record(z.string(), z.json()),
    /** Measured on validation unless the name says otherwise. */
    metrics: z.record(z.string(), z.json()),
    /** What validation texts look like to the finished model: drift is measured from there. Older models do not tell. */
    usual: z
      .object({
        turns: z.number().int().positive(),
        /** Share. */
        outOfScope: z.number().min(0).max(1),
        /** By how much the first intent is likelier than the second. */
        margin: z.object({ mean: z.number(), deviation: z.number() }),
        /** How often each intent is found. */
        intents: z.record(z.string(), z.number()),
        /** The mean of the embeddings. */
        centroid: z.array(z.number()),
      })
      .optional(),
    /** ISO 8601. */
    created: z.string(),
    /** Wall time of the training, in seconds. */
    seconds: z.number(),
  })
  .refine(({ labels, outOfScope }) => outOfScope.thresholds.length === labels.length, {
    path: ['outOfScope', 'thresholds'],
    message: 'there must be one for each label',
  })

/** The files that decide: what else is in the folder is for people. */
export const MODEL_FILES = ['model.json', 'model.onnx', 'head.safetensors', 'tokenizer.json', 'golden.jsonl'] as const

/** An utterance, and what the model must make of it before it may serve: an intent, or null for out of scope. */
const goldenExample = z.object({ text: z.string(), intent: z.string().nullable() })

/** The parsed `model.json`. */
export type ModelCard = z.infer<typeof modelCard>

/** What is in a model folder, read once: a thread that starts later gets the same model even if the folder has changed. */
export interface Model {
  folder: string
  card: ModelCard
  head: Head
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
  const [json, tokenizer, head, onnx, golden] = await Promise.all([
    read(folder, 'model.json'),
    read(folder, 'tokenizer.json'),
    read(folder, 'head.safetensors'),
    read(folder, 'model.onnx'),
    existsSync(join(folder, 'golden.jsonl')) ? read(folder, 'golden.jsonl') : '',
  ])
  const card = parseCard(folder, json.toString())
  const graph = new SharedArrayBuffer(onnx.byteLength)
  new Uint8Array(graph).set(onnx)
  return {
    folder,
    card,
    head: parseHead(folder, head, card),
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

function parseHead(folder: string, bytes: Uint8Array, card: ModelCard): Head {
  try {
    return readHead(bytes, card.labels.length)
  } catch (error) {
    throw badModel(folder, `head.safetensors: ${reason(error)}.`, error)
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
