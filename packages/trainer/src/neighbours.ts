import type { Encoder } from '@colloquy/core'
import type { Example } from './data/read.js'

/** A labelled example, and how near it is to an utterance: the cosine of their embeddings. */
export interface Neighbour extends Example {
  likeness: number
}

/** Intents whose examples are looked through, and examples that are given. */
const LIKELIEST = 3
const NEAREST = 5

/**
 * Finds the examples that are nearest to an utterance, among those of its likeliest intents.
 *
 * @returns a function that embeds each example the first time that it is needed.
 */
export function neighbours(model: Encoder, examples: Example[]) {
  const embedded = new Map<Example, Promise<Float32Array>>()
  const embed = (example: Example) => {
    const known = embedded.get(example) ?? model.embed(example.text)
    embedded.set(example, known)
    return known
  }
  return async (text: string, intents: string[]): Promise<Neighbour[]> => {
    const likely = new Set(intents.slice(0, LIKELIEST))
    const at = await model.embed(text)
    const near: Neighbour[] = []
    // One after another: a thousand at once would be more than may wait.
    for (const example of examples.filter(({ intent }) => likely.has(intent))) {
      near.push({ ...example, likeness: dot(at, await embed(example)) })
    }
    return near.sort((a, b) => b.likeness - a.likeness).slice(0, NEAREST)
  }
}

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] as number), 0)
}
