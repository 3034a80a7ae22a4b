import { type Classifier, ColloquyError, classifier } from '@colloquy/core'
import type { Example } from './data/read.js'
import { OUT_OF_SCOPE } from './data/split.js'
import { PATIENCE } from './head/embed.js'
import type { Prediction } from './metrics/prediction.js'
import { type Slice, slice } from './metrics/slices.js'
import { withTypos } from './metrics/typos.js'
import { type Scores, score } from './metrics.js'

/** {@link Scores}, and how fast they were made. */
export interface Evaluation extends Scores {
  /** The utterances in scope as a hurried person types them: one slip in about twenty letters. */
  typos?: Slice & {
    /** What the slips cost, as a share. */
    drop: number
  }
  /** Time of one utterance alone, text in to intent out, in milliseconds. */
  latency: {
    p50Ms: number
    p99Ms: number
  }
}

/** Utterances that are timed one by one; the others go through together. */
const TIMED = 400

/** Utterances in flight: enough to keep a worker thread busy. */
const TOGETHER = 64

/**
 * Asks a classifier about labelled utterances. Those labelled `oos`, unless the classifier knows an intent of that name,
 * and those of another domain measure what it turns away; the others what it understands.
 *
 * @throws {@link ColloquyError} `bad_data` for an intent that the classifier does not know, or without any example of
 * one that it does.
 * @example
 * ```ts
 * const model = await classifier('./model')
 * const { accuracy, ece } = await evaluate(model, await readExamples(['test.jsonl']))
 * await model.close()
 * ```
 */
export async function evaluate(
  classifier: Classifier,
  examples: Example[],
  signal: AbortSignal = new AbortController().signal,
): Promise<Evaluation> {
  refuseUnknown(classifier, examples)
  const { predictions, times } = await ask(classifier, examples, signal)
  return assess(classifier, predictions, await predictTypos(classifier, examples, signal), times)
}

/** Evaluates the model in a folder, as a bot would serve it. */
export async function evaluateFolder(
  folder: string,
  examples: Example[],
  signal: AbortSignal,
): Promise<{ evaluation: Evaluation; predictions: Prediction[] }> {
  // What is remembered would be timed too.
  const model = await classifier(folder, { watch: false, cache: 0, patience: PATIENCE })
  try {
    refuseUnknown(model, examples)
    const { predictions, times } = await ask(model, examples, signal)
    const slips = await predictTypos(model, examples, signal)
    return { evaluation: assess(model, predictions, slips, times), predictions }
  } finally {
    await model.close()
  }
}

/** What the model in a folder says of labelled utterances, in their order; an intent that it does not know it gets wrong. */
export async function predictFolder(folder: string, examples: Example[], signal: AbortSignal): Promise<Prediction[]> {
  const model = await classifier(folder, { watch: false, patience: PATIENCE })
  try {
    return await predict(model, examples, signal)
  } finally {
    await model.close()
  }
}

/** What a classifier says of labelled utterances, in their order; an intent that it does not know it gets wrong. */
export async function predict(
  classifier: Classifier,
  examples: Example[],
  signal: AbortSignal = new AbortController().signal,
): Promise<Prediction[]> {
  const predictions: Prediction[] = []
  for (let start = 0; start < examples.length; start += TOGETHER) {
    signal.throwIfAborted()
    const some = examples.slice(start, start + TOGETHER)
    predictions.push(...(await Promise.all(some.map((example) => predictOne(classifier, example)))))
  }
  return predictions
}

/** As {@link predict}, and how long the first ones took one by one, in milliseconds. */
async function ask(classifier: Classifier, examples: Example[], signal: AbortSignal) {
  const predictions: Prediction[] = []
  const times: number[] = []
  for (const example of examples.slice(0, TIMED)) {
    signal.throwIfAborted()
    const start = performance.now()
    predictions.push(await predictOne(classifier, example))
    times.push(performance.now() - start)
  }
  return { predictions: [...predictions, ...(await predict(classifier, examples.slice(TIMED), signal))], times }
}

async function predictOne(classifier: Classifier, { text, intent, far }: Example): Promise<Prediction> {
  const { intent: predicted, confidence, ranking, outOfScope, score } = await classifier.classify(text)
  return { text, intent, predicted, confidence, ranking, outOfScope, score, ...(far && { far }) }
}

function predictTypos(classifier: Classifier, examples: Example[], signal: AbortSignal): Promise<Prediction[]> {
  const inScope = examples.filter((example) => !isOutside(classifier, example))
  const slipped = inScope.map((example) => ({ ...example, text: withTypos(example.text) }))
  return predict(classifier, slipped, signal)
}

function assess(classifier: Classifier, predictions: Prediction[], slips: Prediction[], times: number[]): Evaluation {
  const inScope = predictions.filter((one) => !isOutside(classifier, one))
  if (inScope.length === 0) {
    throw new ColloquyError('bad_data', `No example has an intent that the model knows.`, 'Check --data and --split.')
  }
  const scores = score(
    inScope,
    predictions.filter((one) => isOutside(classifier, one)),
  )
  const [typos] = slice('with typos', slips)
  const sorted = times.toSorted((a, b) => a - b)
  return {
    ...scores,
    ...(typos && { typos: { ...typos, drop: scores.accuracy - typos.accuracy } }),
    latency: { p50Ms: quantile(sorted, 0.5), p99Ms: quantile(sorted, 0.99) },
  }
}

function isOutside({ labels }: Classifier, { intent, far }: Pick<Example, 'intent' | 'far'>): boolean {
  return far === true || (intent === OUT_OF_SCOPE && !labels.includes(intent))
}

/**
 * @throws {@link ColloquyError} `bad_data` for an intent that the classifier does not know.
 */
export function refuseUnknown(classifier: Classifier, examples: Example[]): void {
  const known = new Set(classifier.labels)
  const unknown = examples.filter((example) => !known.has(example.intent) && !isOutside(classifier, example))
  const [first] = unknown
  if (first === undefined) return
  const names = [...new Set(unknown.map((example) => example.intent))]
  const shown = names.slice(0, 5).join(', ') + (names.length > 5 ? `, and ${names.length - 5} more` : '')
  const message = `${first.place}: the model knows ${known.size} intents, and not: ${shown}.`
  throw new ColloquyError('bad_data', message, 'Evaluate with data of the same intents; label what none covers "oos".')
}

/** Of sorted values, by the nearest rank. */
function quantile(sorted: number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0
}
