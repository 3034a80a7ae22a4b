import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { classifier, type ModelCard } from '@colloquy/core'
import { type Head, readModel, writeHead } from '@colloquy/core/model'
import type { Parts } from '../data/split.js'
import { calibrate, exemplarsOf, mean } from './calibrate.js'
import { embedAll, PATIENCE } from './embed.js'
import { fitSoftmax, type Layer } from './softmax.js'

/** The length that the trainer gives an intent's weight at the start. */
const LENGTH = 20

/** What a head is fitted on, and where it goes. */
export interface HeadOptions {
  /** The model folder whose encoder is kept as it is. */
  init: string
  /** The folder to write; does not exist yet. */
  out: string
  parts: Parts
  /** The hash of the data. */
  hash: string
  seed: number
  /** Share of validation texts to keep in scope. Default: that of the earlier model. */
  recall?: number | undefined
}

/**
 * Fits the head of an earlier model to other examples or intents, with its encoder as it is: seconds, and no Python.
 *
 * @throws ColloquyError `bad_model` for a folder that is none; the signal's reason where it aborts.
 */
export async function fitHead(options: HeadOptions, signal: AbortSignal): Promise<void> {
  const { init, out, parts, seed } = options
  const started = Date.now()
  const { card, head: old } = await readModel(init)
  const labels = [...new Set(parts.train.map(({ intent }) => intent))].sort()
  const texts = [...parts.train, ...parts.validation].map(({ text }) => text)
  const embeddings = await embed(init, texts, signal)
  const [train, validation] = [embeddings.slice(0, parts.train.length), embeddings.slice(parts.train.length)]
  const numbered = new Map(labels.map((label, i) => [label, i]))
  const [intents, expected] = [parts.train, parts.validation].map((part) =>
    part.map(({ intent }) => numbered.get(intent) as number),
  ) as [number[], number[]]
  const groups = labels.map((_, label) => train.filter((_, i) => intents[i] === label))

  const layer = start(labels, groups, card, old)
  await fitSoftmax(layer, train, intents, randomFrom(seed), async () => {
    // A signal is heard only when the event loop turns.
    await new Promise(setImmediate)
    signal.throwIfAborted()
  })
  const columns = old.weight.columns
  const exemplars = groups.flatMap(exemplarsOf)
  const head: Head = {
    weight: { rows: labels.length, columns, values: layer.weight },
    bias: { rows: 1, columns: labels.length, values: layer.bias },
    exemplars: { rows: exemplars.length, columns, values: Int8Array.from(exemplars.flatMap((row) => [...row])) },
  }
  const renewed: ModelCard = {
    ...card,
    labels,
    ...calibrate(head, validation, expected, options.recall ?? card.outOfScope.recall),
    data: { hash: options.hash, train: train.length, validation: validation.length },
    recipe: { headOnly: true, seed, init: basename(resolve(init)) },
    metrics: {},
    created: new Date().toISOString(),
    seconds: (Date.now() - started) / 1000,
  }
  await mkdir(out, { recursive: true })
  for (const name of ['model.onnx', 'tokenizer.json']) await copyFile(join(init, name), join(out, name))
  await writeFile(join(out, 'head.safetensors'), writeHead(head))
  await writeFile(join(out, 'model.json'), `${JSON.stringify(renewed, null, 2)}\n`)
}

/** The embedding of each text, by the encoder of a model folder. */
export async function embed(folder: string, texts: string[], signal: AbortSignal): Promise<Float32Array[]> {
  const encoder = await classifier(folder, { watch: false, patience: PATIENCE })
  try {
    return await embedAll(encoder, texts, signal)
  } finally {
    await encoder.close()
  }
}

/** An intent that the earlier model knows starts as it is there, a new one as the direction of its texts. */
function start(
  labels: string[],
  groups: Float32Array[][],
  { labels: known }: ModelCard,
  { weight, bias }: Head,
): Layer {
  const width = weight.columns
  const layer = { weight: new Float32Array(labels.length * width), bias: new Float32Array(labels.length) }
  for (const [label, name] of labels.entries()) {
    const before = known.indexOf(name)
    layer.bias[label] = before < 0 ? 0 : (bias.values[before] as number)
    layer.weight.set(
      before < 0
        ? direction(groups[label] as Float32Array[])
        : weight.values.subarray(before * width, (before + 1) * width),
      label * width,
    )
  }
  return layer
}

/** The weight at which an intent of these texts starts. */
export function direction(group: Float32Array[]): Float32Array {
  const middle = mean(group)
  const length = Math.hypot(...middle)
  return middle.map((value) => (LENGTH * value) / length)
}

/** Numbers from 0 to under 1 that depend on the seed alone (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
