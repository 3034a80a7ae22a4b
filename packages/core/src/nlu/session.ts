import { env, InferenceSession, Tensor } from 'onnxruntime-node'
import { reason } from '../errors.js'
import type { Model, ModelCard } from './card.js'
import { createTokenizer, type Tokenizer } from './tokenizer.js'

const INPUTS = ['input_ids', 'attention_mask']
const OUTPUTS = ['logits', 'embedding']

async function openGraph(graph: SharedArrayBuffer): Promise<InferenceSession> {
  env.logLevel = 'fatal'
  const session = await InferenceSession.create(new Uint8Array(graph).slice(), {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    logSeverityLevel: 4,
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

async function run(session: InferenceSession, ids: number[], output: Output): Promise<Tensor> {
  const feeds = {
    input_ids: new Tensor('int64', BigInt64Array.from(ids, BigInt), [1, ids.length]),
    attention_mask: new Tensor('int64', new BigInt64Array(ids.length).fill(1n), [1, ids.length]),
  }
  return (await session.run(feeds, [output]))[output] as Tensor
}

/** Runs the longest input of the highest ids: what this graph takes, it takes of any text that this tokenizer gives. */
async function warmUp(
  session: InferenceSession,
  tokenizer: Tokenizer,
  { labels, maxTokens }: ModelCard,
): Promise<void> {
  const { type, dims, data } = await run(session, new Array(maxTokens).fill(tokenizer.highestId), 'logits')
  if (type !== 'float32' || dims.length !== 2)
    throw new Error(`its logits are ${type} [${dims}], not float32 [1, labels]`)
  if (dims[1] !== labels.length)
    throw new Error(`it gives ${dims[1]} logits, but model.json names ${labels.length} labels`)
  if (!(data as Float32Array).every(Number.isFinite)) throw new Error('its logits are not finite numbers')
}

/** What a model gives of a text: logits in the order of the labels, or its embedding, of unit length. */
export type Output = 'logits' | 'embedding'

/** Runs the model on a text. */
export type Session = (text: string, output: Output) => Promise<Float32Array>

/**
 * Loads the tokenizer and the graph of a model for one core, and tries them. To be called in a worker thread: a run holds
 * its event loop, and so does the tokenizer, for milliseconds, when a word has 100 letters.
 *
 * @throws Error that names the file that is wrong and says why
 */
export async function openSession({ card, graph, tokenizer: json }: Model): Promise<Session> {
  const tokenizer = await naming('tokenizer.json', () => createTokenizer(json, card.maxTokens))
  const session = await naming('model.onnx', () => openGraph(graph))
  await naming('model.onnx', () => warmUp(session, tokenizer, card))
  return async (text, output) => (await run(session, tokenizer.encode(text), output)).data as Float32Array
}

async function naming<T>(file: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw new Error(`${file}: ${reason(error)}`)
  }
}
