import type { Classification, ModelCard } from '@colloquy/core'
import { answer, readModel } from '@colloquy/core/model'
import type { Example } from '../data/read.js'
import { embed } from '../head/fit.js'

/** What a number of utterances look like to a model: what a card keeps of validation, and what is held against it. */
export type Usual = NonNullable<ModelCard['usual']>

/** Takes in one utterance after another, and keeps sums. */
export class Figures {
  turns = 0
  #outOfScope = 0
  #margins = 0
  #squares = 0
  readonly #intents = new Map<string, number>()
  #sum: Float64Array | undefined

  add(embedding: Float32Array, { intent, outOfScope, ranking: [first, second] }: Classification): void {
    const margin = (first?.confidence ?? 0) - (second?.confidence ?? 0)
    this.turns++
    if (outOfScope) this.#outOfScope++
    this.#margins += margin
    this.#squares += margin ** 2
    if (!outOfScope) this.#intents.set(intent, (this.#intents.get(intent) ?? 0) + 1)
    this.#sum ??= new Float64Array(embedding.length)
    for (let i = 0; i < embedding.length; i++) this.#sum[i] = (this.#sum[i] as number) + (embedding[i] as number)
  }

  /** Of at least one utterance. */
  get usual(): Usual {
    const { turns } = this
    const mean = this.#margins / turns
    const deviation = Math.sqrt(Math.max(0, this.#squares / turns - mean ** 2))
    return {
      turns,
      outOfScope: this.#outOfScope / turns,
      margin: { mean: rounded(mean), deviation: rounded(deviation) },
      intents: Object.fromEntries(this.#intents),
      centroid: Array.from(this.#sum ?? [], (value) => rounded(value / turns)),
    }
  }
}

/** What the model in a folder makes of ordinary texts. */
export async function usualOf(folder: string, examples: Example[], signal: AbortSignal): Promise<Usual> {
  const { head, card } = await readModel(folder)
  const figures = new Figures()
  const embeddings = await embed(
    folder,
    examples.map(({ text }) => text),
    signal,
  )
  for (const embedding of embeddings) figures.add(embedding, answer(embedding, head, card))
  return figures.usual
}

const rounded = (value: number) => Number(value.toFixed(4))
