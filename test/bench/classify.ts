import { readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { type Classifier, classifier, modelCard } from '@colloquy/core'
import { env, InferenceSession, Tensor } from 'onnxruntime-node'
import { createTokenizer, type Tokenizer } from '../../packages/core/dist/nlu/tokenizer.js'
import type { Benchmark } from './run.js'

const TOKENS = 16
const ROUNDS = 60
const RUNS_A_ROUND = 25
const LOAD_SECONDS = 5
const DELAY_RESOLUTION_MS = 2

/** A natural utterance of exactly `TOKENS` tokens, [CLS] and [SEP] counted, in whatever vocabulary the model has. */
function utterance(tokenizer: Tokenizer): string {
  const words = 'I was charged twice for the same card payment can you give me my money back please'.split(' ')
  while (tokenizer.encode(words.join(' ')).length > TOKENS) words.pop()
  while (tokenizer.encode(words.join(' ')).length < TOKENS) words.push('a')
  return words.join(' ')
}

function quantile(samples: number[], q: number): number {
  return [...samples].sort((a, b) => a - b)[Math.floor(q * (samples.length - 1))] as number
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

/** Rounds of both by turns, so that what else the machine does weighs on both alike. */
async function latency(bare: () => Promise<unknown>, endToEnd: () => Promise<unknown>) {
  const samples = { bare: [] as number[], endToEnd: [] as number[] }
  for (let round = 0; round < ROUNDS; round++) {
    for (const [work, into] of [
      [bare, samples.bare],
      [endToEnd, samples.endToEnd],
    ] as const) {
      await work()
      for (let i = 0; i < RUNS_A_ROUND; i++) into.push(await timed(work))
    }
  }
  return samples
}

/** As many utterances as the threads take for some seconds, and how late a timer of the main thread fires meanwhile. */
async function load(nlu: Classifier, text: string, workers: number) {
  const delay = monitorEventLoopDelay({ resolution: DELAY_RESOLUTION_MS })
  let answers = 0
  let busy = true
  const clients = Array.from({ length: workers * 4 }, async () => {
    while (busy) {
      await nlu.classify(text)
      answers++
    }
  })
  await sleep(500)
  answers = 0
  delay.enable()
  const elapsed = await timed(() => sleep(LOAD_SECONDS * 1000))
  delay.disable()
  const perSecond = answers / (elapsed / 1000)
  busy = false
  await Promise.all(clients)
  return { perSecond, loopDelayP99Ms: Math.max(0, delay.percentile(99) / 1e6 - DELAY_RESOLUTION_MS) }
}

/** One utterance, text in to decision out, against the bare `session.run` of the same graph; then all threads under load. */
const classify: Benchmark = async (args) => {
  const { values } = parseArgs({ args, options: { model: { type: 'string' }, workers: { type: 'string' } } })
  const model = values.model ?? 'examples/bank/model'
  const cores = availableParallelism()
  const workers = Number(values.workers ?? Math.min(2, cores))
  const nlu = await classifier(model, { workers })

  const { maxTokens } = modelCard.parse(JSON.parse(await readFile(join(model, 'model.json'), 'utf8')))
  const tokenizer = createTokenizer(await readFile(join(model, 'tokenizer.json'), 'utf8'), maxTokens)
  const text = utterance(tokenizer)
  const ids = BigInt64Array.from(tokenizer.encode(text), BigInt)
  env.logLevel = 'fatal'
  const session = await InferenceSession.create(join(model, 'model.onnx'), {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
  })
  const feeds = {
    input_ids: new Tensor('int64', ids, [1, ids.length]),
    attention_mask: new Tensor('int64', new BigInt64Array(ids.length).fill(1n), [1, ids.length]),
  }

  const samples = await latency(
    () => session.run(feeds, ['logits']),
    () => nlu.classify(text),
  )
  const { perSecond, loopDelayP99Ms } = await load(nlu, text, workers)
  await session.release()
  await nlu.close()

  const p50 = quantile(samples.endToEnd, 0.5)
  const bareP50 = quantile(samples.bare, 0.5)
  const round = (value: number) => Number(value.toFixed(3))
  return {
    p50Ms: round(p50),
    p99Ms: round(quantile(samples.endToEnd, 0.99)),
    bareP50Ms: round(bareP50),
    ratio: round(p50 / bareP50),
    perSecond: Math.round(perSecond),
    loopDelayP99Ms: round(loopDelayP99Ms),
    model,
    tokens: ids.length,
    workers,
    cores,
  }
}

export default classify
