import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { env, InferenceSession, Tensor } from 'onnxruntime-node'
import { reason } from '../errors.js'
import type { Model, ModelCard } from './card.js'
import { Gate } from './gate.js'
import { createTokenizer, type Tokenizer } from './tokenizer.js'

/** What a thread starts with. */
export interface Start {
  model: Model
  /** The memory of its gate. */
  gate: SharedArrayBuffer
}

/** An utterance for the thread. */
export interface Request {
  id: number
  text: string
}

/** What the thread says: once that it is ready or why it cannot be, then an answer to each request. */
export type Reply =
  | { type: 'ready' }
  | { type: 'broken'; problem: string }
  | { type: 'answer'; id: number; logits: Float32Array }
  | { type: 'error'; id: number; problem: string }

const INPUTS = ['input_ids', 'attention_mask']
const OUTPUTS = ['logits', 'embedding']

async function openSession(graph: SharedArrayBuffer): Promise<InferenceSession> {
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

async function run(session: InferenceSession, ids: number[]): Promise<Tensor> {
  const feeds = {
    input_ids: new Tensor('int64', BigInt64Array.from(ids, BigInt), [1, ids.length]),
    attention_mask: new Tensor('int64', new BigInt64Array(ids.length).fill(1n), [1, ids.length]),
  }
  return (await session.run(feeds, ['logits'])).logits as Tensor
}

/** Runs the longest input of the highest ids: what this graph takes, it takes of any text that this tokenizer gives. */
async function warmUp(
  session: InferenceSession,
  tokenizer: Tokenizer,
  { labels, maxTokens }: ModelCard,
): Promise<void> {
  const { type, dims, data } = await run(session, new Array(maxTokens).fill(tokenizer.highestId))
  if (type !== 'float32' || dims.length !== 2)
    throw new Error(`its logits are ${type} [${dims}], not float32 [1, labels]`)
  if (dims[1] !== labels.length)
    throw new Error(`it gives ${dims[1]} logits, but model.json names ${labels.length} labels`)
  if (!(data as Float32Array).every(Number.isFinite)) throw new Error('its logits are not finite numbers')
}

/** Tokenizing is part of it: a word of 100 letters takes milliseconds, which the main thread has not got. */
async function load({ card, graph, tokenizer: json }: Model): Promise<(text: string) => Promise<Float32Array>> {
  const tokenizer = await naming('tokenizer.json', () => createTokenizer(json, card.maxTokens))
  const session = await naming('model.onnx', () => openSession(graph))
  await naming('model.onnx', () => warmUp(session, tokenizer, card))
  return async (text) => (await run(session, tokenizer.encode(text))).data as Float32Array
}

async function naming<T>(file: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw new Error(`${file}: ${reason(error)}`)
  }
}

async function serve(port: MessagePort, { model, gate: memory }: Start): Promise<void> {
  const say = (reply: Reply) => port.postMessage(reply)
  const gate = new Gate(memory)
  let answer: (text: string) => Promise<Float32Array>
  try {
    answer = await load(model)
  } catch (error) {
    say({ type: 'broken', problem: reason(error) })
    return
  } finally {
    gate.leave()
  }
  let turn = Promise.resolve()
  port.on('message', (request: Request | 'stop') => {
    if (request === 'stop') {
      port.close()
      return
    }
    const { id, text } = request
    turn = turn.then(async () => {
      // Shut means that the process ends: nobody waits for the answer.
      if (!gate.enter()) return
      try {
        say({ type: 'answer', id, logits: await answer(text) })
      } catch (error) {
        say({ type: 'error', id, problem: reason(error) })
      } finally {
        gate.leave()
      }
    })
  })
  say({ type: 'ready' })
}

await serve(parentPort as MessagePort, workerData as Start)
