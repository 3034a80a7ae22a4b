import { createHash } from 'node:crypto'
import { ColloquyError } from '../errors.js'
import { Cache } from './cache.js'
import { answer } from './calibration.js'
import { badModel, type Model, type ModelCard, readModel } from './card.js'
import type { Classification, IntentScore } from './classifier.js'
import { type Explanation, explain } from './explain.js'
import type { Head } from './head.js'
import { Pool } from './pool.js'

/** How a model is served. */
export interface Serving {
  workers: number
  waiting: number
  /** In seconds. */
  patience: number
  cache: number
  /** What graphs run on. */
  providers: readonly string[]
}

/** Text beyond this many characters a token is not read: words have about five. */
const CHARACTERS_PER_TOKEN = 16

/** What a tokenizer does not drop: neither white space nor a control, format or private character or half a surrogate pair. */
const VISIBLE = /[^\s\p{Cc}\p{Cf}\p{Co}\p{Cs}]/u

/** Processors round differently: this share of the golden examples may come out otherwise than on the trainer's. */
const ROUNDING = 0.05

/** One version of a model, loaded and tried, until it is closed. */
export class ServedModel {
  readonly card: ModelCard
  /** Names the version: the beginning of the SHA-256 of its `model.json`. */
  readonly version: string
  readonly #head: Head
  readonly #pool: Pool
  readonly #uncased: boolean
  #answers: Cache<Classification>

  private constructor(model: Model, pool: Pool, cache: number) {
    this.card = model.card
    this.#head = model.head
    this.version = createHash('sha256').update(JSON.stringify(model.card)).digest('hex').slice(0, 12)
    this.#pool = pool
    this.#answers = new Cache(cache)
    this.#uncased = /"lowercase":\s*true/.test(model.tokenizer)
  }

  /**
   * Loads a model folder into threads, and has it answer its golden examples.
   *
   * @throws ColloquyError `bad_model`
   */
  static async open(folder: string, { workers, cache, ...limits }: Serving): Promise<ServedModel> {
    const model = await readModel(folder)
    const pool = await Pool.open(model, { threads: workers, ...limits })
    const served = new ServedModel(model, pool, cache)
    try {
      await served.#prove(model)
      return served
    } catch (error) {
      await served.close()
      throw error
    }
  }

  async classify(text: string): Promise<Classification> {
    const read = this.#readable(text)
    if (!VISIBLE.test(read)) return this.#nothing()
    // What the tokenizer makes no difference between.
    const words = read.replace(/\s+/g, ' ').trimEnd()
    const question = this.#uncased ? words.toLowerCase() : words
    return this.#answers.get(question, async () => this.#decide(await this.#pool.run(read)))
  }

  async explain(text: string): Promise<Explanation> {
    const read = this.#readable(text)
    const answer = await this.classify(read)
    if (!VISIBLE.test(read)) return { ...answer, words: [] }
    return explain(read, answer, (part) => this.#pool.run(part), this.#head, this.card)
  }

  async embed(text: string): Promise<Float32Array> {
    return this.#pool.run(this.#readable(text))
  }

  /** Answers what was asked before, and ends. */
  close(): Promise<void> {
    this.#answers = new Cache(0)
    return this.#pool.close()
  }

  #decide(embedding: Float32Array): Classification {
    return { ...answer(embedding, this.#head, this.card), model: this.version }
  }

  /** The answer to a text without anything to read: it could be any intent, and is none. */
  #nothing(): Classification {
    const { labels, outOfScope } = this.card
    const ranking = labels.map((intent) => ({ intent, confidence: 1 / labels.length }))
    const score = Math.min(...outOfScope.thresholds) - 1
    return { ...(ranking[0] as IntentScore), ranking, outOfScope: true, score, model: this.version }
  }

  /** As much of a text as the model may read. */
  #readable(text: string): string {
    if (typeof text !== 'string') {
      throw new ColloquyError('bad_message', `A text to classify must be a string, not ${typeof text}.`)
    }
    return text.trimStart().slice(0, this.card.maxTokens * CHARACTERS_PER_TOKEN)
  }

  async #prove({ folder, golden }: Model): Promise<void> {
    const wrong: string[] = []
    for (const { text, intent } of golden) {
      const { outOfScope, intent: given } = await this.classify(text)
      const answer = outOfScope ? null : given
      if (answer !== intent) wrong.push(`"${text}" is ${answer ?? 'out of scope'}, not ${intent ?? 'out of scope'}`)
    }
    if (wrong.length <= golden.length * ROUNDING) return
    const some = wrong.slice(0, 3).join('; ')
    throw badModel(folder, `it fails ${wrong.length} of its ${golden.length} golden examples: ${some}.`)
  }
}
