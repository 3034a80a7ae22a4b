import type { IntentScore } from '@colloquy/core'
import { direction, randomFrom } from '../head/fit.js'
import { fitSoftmax, type Layer, probabilities } from '../head/softmax.js'

/** A text whose intent is known, as a vector. */
export interface Known {
  embedding: Float32Array
  intent: string
}

/** Ranks the intents for a text, the likeliest first. */
export type Ranker = (embedding: Float32Array) => IntentScore[]

/** A head on embeddings as they are, fitted within seconds. */
export async function fitRanker(known: readonly Known[], seed = 0): Promise<Ranker> {
  const labels = [...new Set(known.map(({ intent }) => intent))].sort()
  const [first] = known
  if (!first) return () => []
  const numbered = new Map(labels.map((label, i) => [label, i]))
  const width = first.embedding.length
  const layer: Layer = { weight: new Float32Array(labels.length * width), bias: new Float32Array(labels.length) }
  for (const [i, label] of labels.entries()) {
    const group = known.filter(({ intent }) => intent === label).map(({ embedding }) => embedding)
    layer.weight.set(direction(group), i * width)
  }
  const embeddings = known.map(({ embedding }) => embedding)
  const intents = known.map(({ intent }) => numbered.get(intent) as number)
  await fitSoftmax(layer, embeddings, intents, randomFrom(seed), () => new Promise(setImmediate))
  return (embedding) =>
    [...probabilities(layer, embedding)]
      .map((confidence, i) => ({ intent: labels[i] as string, confidence }))
      .sort((a, b) => b.confidence - a.confidence)
}

/**
 * What each text would be taken for by a head that has not seen it: the texts are divided into folds, and each fold is ranked
 * by a head of the others.
 */
export async function outOfSample(known: readonly Known[], folds = 5, seed = 0): Promise<IntentScore[][]> {
  const random = randomFrom(seed)
  const order = known.map((one, i) => ({ one, i, at: random() })).sort((a, b) => a.at - b.at)
  const found: IntentScore[][] = known.map(() => [])
  for (let fold = 0; fold < folds; fold++) {
    const held = order.filter((_, n) => n % folds === fold)
    const rank = await fitRanker(
      order.filter((_, n) => n % folds !== fold).map(({ one }) => one),
      seed,
    )
    for (const { one, i } of held) found[i] = rank(one.embedding)
  }
  return found
}

/** How far the first is ahead of the second, from 0 to 1. */
export function margin([first, second]: readonly IntentScore[]): number {
  return (first?.confidence ?? 0) - (second?.confidence ?? 0)
}

/** Cosine of two vectors of unit length. */
export function dot(a: Float32Array, b: Float32Array): number {
  let product = 0
  for (let i = 0; i < a.length; i++) product += (a[i] as number) * (b[i] as number)
  return product
}
