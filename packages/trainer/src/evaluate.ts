import { type Classifier, ColloquyError } from '@colloquy/core'
import type { Example } from './data/read.js'
import { OUT_OF_SCOPE } from './data/split.js'
import { type Prediction, type Scores, score } from './metrics.js'

/** {@link Scores}, and how fast they were made. */
export interface Evaluation extends Scores {
  latency: {
    /** Median time of one utterance alone, text in to intent out, in milliseconds. */
    p50Ms: number
  }
}

/** Utterances that are timed one by one; the others go through together. */
const TIMED = 200

/** Utterances in flight: enough to keep a worker thread busy. */
const TOGETHER = 64

/**
 * Asks a classifier about labelled utterances. Those labelled `oos`, unless the classifier knows an intent of that name,
 * measure what it turns away; the others what it understands.
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
  return assess(classifier, await predict(classifier, examples, signal))
}

/** What a classifier said of labelled utterances, in their order. */
export interface Predicted {
  predictions: Prediction[]
  /** Median time of one utterance alone, text in to intent out, in milliseconds. */
  p50Ms: number
}

/**
 * What {@link evaluate} makes of predictions.
 *
 * @throws {@link ColloquyError} `bad_data` without any example of an intent that the classifier knows.
 */
export function assess(classifier: Pick<Classifier, 'labels'>, { predictions, p50Ms }: Predicted): Evaluation {
  const inScope = predictions.filter(({ intent }) => !isOutside(classifier, intent))
  if (inScope.length === 0) {
    throw new ColloquyError('bad_data', `No example has an intent that the model knows.`, 'Check --data and --split.')
  }
  const outside = predictions.filter(({ intent }) => isOutside(classifier, intent))
  return { ...score(inScope, outside), latency: { p50Ms } }
}

/**
 * Asks a classifier about labelled utterances.
 *
 * @throws {@link ColloquyError} `bad_data` for an intent that the classifier does not know.
 */
export async function predict(
  classifier: Classifier,
  examples: Example[],
  signal: AbortSignal = new AbortController().signal,
): Promise<Predicted> {
  refuseUnknown(classifier, examples)
  const predictions: Prediction[] = []
  const ask = async ({ text, intent }: Example) => {
    const { intent: predicted, confidence, outOfScope, score } = await classifier.classify(text)
    return { text, intent, predicted, confidence, outOfScope, score }
  }
  const times: number[] = []
  for (const example of examples.slice(0, TIMED)) {
    signal.throwIfAborted()
    const start = performance.now()
    predictions.push(await ask(example))
    times.push(performance.now() - start)
  }
  for (let start = TIMED; start < examples.length; start += TOGETHER) {
    signal.throwIfAborted()
    predictions.push(...(await Promise.all(examples.slice(start, start + TOGETHER).map(ask))))
  }
  return { predictions, p50Ms: median(times) }
}

function isOutside({ labels }: Pick<Classifier, 'labels'>, intent: string): boolean {
  return intent === OUT_OF_SCOPE && !labels.includes(intent)
}

function refuseUnknown(classifier: Classifier, examples: Example[]): void {
  const known = new Set(classifier.labels)
  const unknown = examples.filter(({ intent }) => !known.has(intent) && !isOutside(classifier, intent))
  const [first] = unknown
  if (first === undefined) return
  const names = [...new Set(unknown.map((example) => example.intent))]
  const shown = names.slice(0, 5).join(', ') + (names.length > 5 ? `, and ${names.length - 5} more` : '')
  const message = `${first.place}: the model knows ${known.size} intents, and not: ${shown}.`
  throw new ColloquyError('bad_data', message, 'Evaluate with data of the same intents; label what none covers "oos".')
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return ((sorted[Math.floor((sorted.length - 1) / 2)] ?? 0) + (sorted[Math.ceil((sorted.length - 1) / 2)] ?? 0)) / 2
}
