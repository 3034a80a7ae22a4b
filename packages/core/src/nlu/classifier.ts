import { createHash } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { setTimeout } from 'node:timers/promises'
import { type Logger, pino } from 'pino'
import { ColloquyError } from '../errors.js'
import type { Explanation } from './explain.js'
import { LiveModel } from './live.js'
import { remoteClassifier } from './remote.js'

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
  /** True when no intent covers the utterance: the score is under the intent's threshold, or there is nothing to read. */
  outOfScope: boolean
  /** The out-of-scope score (higher is more in scope) that the verdict compares with the threshold of the intent. */
  score: number
  /** The version of the model that says so, where there are versions. */
  model?: string
  /** What a model that runs in the shadow thinks, where it thinks otherwise. */
  shadow?: IntentScore & Pick<Classification, 'outOfScope' | 'model'>
}

/** What an utterance is a part of. */
export interface UtteranceContext {
  /** All utterances of one conversation are classified by one model, also where two are tried side by side. */
  conversation?: string
}

/** Tells what a customer wants. `classifier(folder)` loads one that the trainer wrote; any object of this shape will do. */
export interface Classifier {
  readonly labels: readonly string[]
  classify(text: string, context?: UtteranceContext): Promise<Classification>
  /** The text as a vector of unit length: texts that mean the same are near one another. Absent where there is no encoder. */
  embed?(text: string): Promise<Float32Array>
  /** Why a text is classified as it is: what each word does to it, and how near it is to what the model knows. */
  explain?(text: string, context?: UtteranceContext): Promise<Explanation>
  close(): Promise<void>
}

/** A classifier that gives embeddings and explains itself: what `classifier(folder)` loads. */
export type Encoder = Classifier & Required<Pick<Classifier, 'embed' | 'explain'>>

/** How a classifier runs. */
export interface ClassifierOptions {
  /** Threads that classify, each with a session of the model. Default: 2, or 1 on a machine with one core. */
  workers?: number
  /** How many texts may wait for a thread, and for how many seconds each (1,000; 5). Beyond that: `classifier_busy`. */
  waiting?: number
  patience?: number
  /**
   * What the graph runs on, in the order of preference: execution providers of onnxruntime-node, such as
   * `['cuda', 'cpu']` or `['webgpu', 'cpu']` (`['cpu']`). Where the first cannot be had: `classifier_failed`.
   */
  providers?: readonly string[]
  /** How many answers are remembered, to be given again to the same words (1,000). */
  cache?: number
  /**
   * Looks for a new version in the folder while the old one serves (true). It is loaded, warmed and tried on the folder's
   * golden examples before it takes over; a bad one is refused, and the log says why.
   */
  watch?: boolean
  /** The folder of a model that classifies everything too and answers nothing: where it thinks otherwise, the log says so. */
  shadow?: string
  /** The folder of a model that answers a share of the conversations (0 to 1), always the same ones in every process. */
  canary?: { model: string; share: number }
  /** What the service at a URL asks for. */
  token?: string
  /** Told of models that take over or are refused. Default: pino, to standard error. */
  log?: Logger
}

/** An answer waits for the shadow's at most this long, in milliseconds. */
const SHADOW_PATIENCE = 100

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
 * @param folder Holds `model.json`, `model.onnx`, `head.safetensors` and `tokenizer.json`; or the URL of a process that serves
 *   such a folder with `serveClassifier`: then only `token` matters here. A service that fails is tried again, and left alone
 *   where it goes on.
 * @throws ColloquyError `bad_model` when a file is missing or damaged or the files do not belong together;
 *   `classifier_failed` when a service cannot be reached
 *
 * @example
 * ```ts
 * import { classifier } from '@colloquy/core'
 *
 * const nlu = await classifier('./model', { canary: { model: './candidate', share: 0.1 } })
 * const { intent, confidence, outOfScope } = await nlu.classify('where is my card?')
 * console.log(outOfScope ? 'none of my business' : `${intent} (${Math.round(confidence * 100)} %)`)
 * await nlu.close()
 * ```
 */
export async function classifier(folder: string, options: ClassifierOptions = {}): Promise<Encoder> {
  if (/^https?:\/\//.test(folder)) return remoteClassifier(folder, options.token)
  const {
    workers = Math.min(2, availableParallelism()),
    waiting = 1000,
    patience = 5,
    cache = 1000,
    providers = ['cpu'],
  } = options
  if (!Number.isInteger(workers) || workers < 1) {
    throw new ColloquyError(
      'classifier_failed',
      `There cannot be ${workers} workers.`,
      'Give a whole number from 1 up.',
    )
  }
  const log = options.log ?? pino({ name: 'colloquy', level: 'warn' }, pino.destination(2))
  const opened: LiveModel[] = []
  const open = async (place: string) => {
    const live = await LiveModel.open(
      place,
      { workers, waiting, patience, cache, providers },
      options.watch ?? true,
      log,
    )
    opened.push(live)
    return live
  }
  const close = async () => void (await Promise.all(opened.map((live) => live.close())))
  try {
    const served = await open(folder)
    const canary = options.canary && { live: await open(options.canary.model), share: options.canary.share }
    const shadow = options.shadow === undefined ? undefined : await open(options.shadow)
    const reading = ({ conversation }: UtteranceContext = {}) =>
      canary && drawn(conversation, canary.live.current.version, canary.share) ? canary.live.current : served.current
    return {
      get labels() {
        return served.current.card.labels
      },
      async classify(text, context) {
        const answer = reading(context).classify(text)
        if (!shadow) return answer
        const other = shadow.current.classify(text).catch(() => undefined)
        return besides(
          await answer,
          await Promise.race([other, setTimeout(SHADOW_PATIENCE, undefined, { ref: false })]),
        )
      },
      embed: (text) => served.current.embed(text),
      explain: (text, context) => reading(context).explain(text),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** Whether a conversation is one of the share that a version gets: by a hash of both, so that no process needs to ask another. */
function drawn(conversation: string | undefined, version: string, share: number): boolean {
  if (conversation === undefined) return false
  const hash = createHash('sha256').update(`${version} ${conversation}`).digest()
  return hash.readUInt32BE(0) / 2 ** 32 < share
}

/** An answer, with the shadow's where that one thinks otherwise. */
function besides(answer: Classification, other: Classification | undefined): Classification {
  if (!other || (other.outOfScope === answer.outOfScope && (other.outOfScope || other.intent === answer.intent))) {
    return answer
  }
  const { intent, confidence, outOfScope, model } = other
  return { ...answer, shadow: { intent, confidence, outOfScope, ...(model !== undefined && { model }) } }
}
