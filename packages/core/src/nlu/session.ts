import { env, InferenceSession, Tensor } from 'onnxruntime-node'
import { reason } from '../errors.js'
import type { Model } from './card.js'
import { createTokenizer, type Tokenizer } from './tokenizer.js'

const INPUTS = ['input_ids', 'attention_mask']
const OUTPUTS = ['embedding']

/** What was asked for to run the graph is not there: the model is not at fault. */
export class NoProvider extends Error {}

async function openGraph(graph: SharedArrayBuffer, providers: readonly string[]): Promise<InferenceSession> {
  env.logLevel = 'fatal'
  const create = (executionProviders: readonly string[]) =>
    InferenceSession.create(new Uint8Array(graph).slice(), {
      executionProviders,
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      graphOptimizationLevel: 'all',
      logSeverityLevel: 4,
    })
  const session = await create(providers).catch(async (error) => {
    if (providers.every((name) => name === 'cpu')) throw error
    await (await create(['cpu'])).release()
    throw new NoProvider(`The model cannot run on ${providers.join(', ')} here: ${reason(error).trim()}`)
  })
  for (const [kind, wanted, names] of [
    ['input', INPUTS, session.inputNames],
    ['output', OUTPUTS, session.outputNames],
  ] as const) {
    const absent = wanted.filter((name) => !names.includes(name))
    if (absent.length > 0) throw new Error(`it has no ${kind} ${absent.join(' and ')}, only ${names.join(', ')}`)
  }
  return session
}

/** Runs a graph on the ids of a text, one text at a time. */
type Run = (ids: number[]) => Promise<Tensor>

/** Inputs are made once for each length, over the same numbers: after a run the caches are empty, and making them is slow. */
function runner(session: InferenceSession, maxTokens: number): Run {
  const numbers = new BigInt64Array(maxTokens)
  const lowHalves = new Int32Array(numbers.buffer)
  const ones = new BigInt64Array(maxTokens).fill(1n)
  const feeds: InferenceSession.FeedsType[] = []
  return async (ids) => {
    const { length } = ids
    for (let i = 0; i < length; i++) lowHalves[2 * i] = ids[i] as number
    feeds[length] ??= {
      input_ids: new Tensor('int64', numbers.subarray(0, length), [1, length]),
      attention_mask: new Tensor('int64', ones.subarray(0, length), [1, length]),
    }
    return (await session.run(feeds[length], OUTPUTS)).embedding as Tensor
  }
}

/** Runs the longest input of the highest ids: what this graph takes, it takes of any text that this tokenizer gives. */
async function warmUp(run: Run, tokenizer: Tokenizer, { card, head }: Model): Promise<void> {
  const { type, dims, data } = await run(new Array(card.maxTokens).fill(tokenizer.highestId))
  if (type !== 'float32' || dims.length !== 2)
    throw new Error(`its embedding is ${type} [${dims}], not float32 [1, width]`)
  if (dims[1] !== head.weight.columns)
    throw new Error(`it gives ${dims[1]} numbers, but head.safetensors takes ${head.weight.columns}`)
  if (!(data as Float32Array).every(Number.isFinite)) throw new Error('its embedding is not of finite numbers')
}

/** Gives the embedding of a text, of unit length. One text at a time. */
export type Session = (text: string) => Promise<Float32Array>

/**
 * Loads the tokenizer and the graph of a model for one core, and tries them. To be called in a worker thread: a run holds
 * its event loop, and so does the tokenizer, for milliseconds, when a word has 100 letters.
 *
 * @param providers What the graph runs on, in the order of preference, as onnxruntime-node names it.
 * @throws Error that names the file that is wrong and says why; NoProvider
 */
export async function openSession(model: Model, providers: readonly string[]): Promise<Session> {
  const { card, graph, tokenizer: json } = model
  const tokenizer = await naming('tokenizer.json', () => createTokenizer(json, card.maxTokens))
  const run = runner(await naming('model.onnx', () => openGraph(graph, providers)), card.maxTokens)
  await naming('model.onnx', () => warmUp(run, tokenizer, model))
  return async (text) => (await run(tokenizer.encode(text))).data as Float32Array
}

async function naming<T>(file: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw error instanceof NoProvider ? error : new Error(`${file}: ${reason(error)}`)
  }
}
