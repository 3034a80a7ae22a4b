import { availableParallelism } from 'node:os'
import { ColloquyError } from '../errors.js'
import { Cache } from './cache.js'
import { calibrate } from './calibration.js'
import { type ModelCard, readModel } from './card.js'
import { Pool } from './pool.js'

/** An intent and its calibrated probability. */
export interface IntentScore {
  intent: string
  /** 0 to 1. */
  confidence: number
}

/** What one utterance means. */
export interface Classification extends IntentScore {
  /** All intents, best first. */
  ranking: IntentScore[]
  /** True when no intent covers the utterance: the score is under the model's threshold, or there is nothing to read. */
  outOfScope: boolean
  /** The out-of-scope score (higher is more in scope) that the verdict compares with the threshold. */
  score: number
}

/** Tells what a customer wants. `classifier(folder)` loads one that the trainer wrote; any object of this shape will do. */
export interface Classifier {
  readonly labels: readonly string[]
  classify(text: string): Promise<Classification>
  /** The text as a vector of unit length: texts that mean the same are near one another. Absent where there is no encoder. */
  embed?(text: string): Promise<Float32Array>
  close(): Promise<void>
}

/** A classifier with an encoder that gives embeddings: what `classifier(folder)` loads. */
export type Encoder = Classifier & Required<Pick<Classifier, 'embed'>>

/** How a classifier runs. */
export interface ClassifierOptions {
  /** Threads that classify, each with a session of the model. Default: 2, or 1 on a machine with one core. */
  workers?: number
  /** How many texts may wait for a thread, and for how many seconds each (1,000; 5). Beyond that: `classifier_busy`. */
  waiting?: number
  patience?: number
  /** How many answers are remembered, to be given again to the same words (1,000). */
  cache?: number
}

/** Text beyond this many characters a token is not read: words have about five. */
const CHARACTERS_PER_TOKEN = 16

/** What a tokenizer does not drop: neither white space nor a control, format or private character or half a surrogate pair. */
const VISIBLE = /[^\s\p{Cc}\p{Cf}\p{Co}\p{Cs}]/u

/**
 * Loads a model folder that `colloquy train` wrote, and tries it once in every thread.
 *
 * Utterances are classified in worker threads, so the event loop stays free; a thread that dies is replaced and its
 * utterances are tried once more. An open classifier does not keep the process alive. A long text is cut: to 16 characters
 * for each token that the model reads, then to the model's number of tokens. A text with nothing to read is out of scope.
 *
 * `classify` rejects with ColloquyError `bad_message` for what is not a string, `classifier_busy` when too many texts wait
 * or one has waited too long, and `classifier_failed` after `close`, when two threads die of a text, or when none can be
 * started. `close` answers what was asked before it and then ends the threads.
 *
 * @param folder Holds `model.json`, `model.onnx` and `tokenizer.json`.
 * @throws ColloquyError `bad_model` when a file is missing or damaged or the files do not belong together
 *
 * @example
 * ```ts
 * import { classifier } from '@colloquy/core'
 *
 * const nlu = await classifier('./model')
 * const { intent, confidence, outOfScope } = await nlu.classify('where is my card?')
 * console.log(outOfScope ? 'none of my business' : `${intent} (${Math.round(confidence * 100)} %)`)
 * await nlu.close()
 * ```
 */
export async function classifier(folder: string, options: ClassifierOptions = {}): Promise<Encoder> {
  const { workers = Math.min(2, availableParallelism()), cache = 1000, ...limits } = options
  if (!Number.isInteger(workers) || workers < 1) {
    throw new ColloquyError(
      'classifier_failed',
      `There cannot be ${workers} workers.`,
      'Give a whole number from 1 up.',
    )
  }
  const model = await readModel(folder)
  const pool = await Pool.open(model, { threads: workers, ...limits })
  const { card } = model
  let answers = new Cache<Classification>(cache)
  const uncased = /"lowercase":\s*true/.test(model.tokenizer)
  return {
    labels: card.labels,
    async classify(text) {
      const read = readable(text, card)
      if (!VISIBLE.test(read)) return { ...calibrate(new Float32Array(card.labels.length), card), outOfScope: true }
      // What the tokenizer makes no difference between.
      const words = read.replace(/\s+/g, ' ').trimEnd()
      return answers.get(uncased ? words.toLowerCase() : words, async () =>
        calibrate(await pool.run(read, 'logits'), card),
      )
    },
    embed: async (text) => pool.run(readable(text, card), 'embedding'),
    close() {
      answers = new Cache(0)
      return pool.close()
    },
  }
}

/** As much of a text as the model may read. */
function readable(text: string, { maxTokens }: ModelCard): string {
  if (typeof text !== 'string') {
    throw new ColloquyError('bad_message', `A text to classify must be a string, not ${typeof text}.`)
  }
  return text.trimStart().slice(0, maxTokens * CHARACTERS_PER_TOKEN)
}
