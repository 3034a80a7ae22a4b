import { readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { classifier, modelCard } from '@colloquy/core'
import { env, InferenceSession, Tensor } from 'onnxruntime-node'
import { createTokenizer } from '../../packages/core/dist/nlu/tokenizer.js'
import { arrivals, type Classify, capacity, quantile, round, utterance } from './classify/load.js'
import { transformers } from './classify/transformers.js'
import type { Benchmark } from './run.js'

const TOKENS = 16
const ROUNDS = 60
const RUNS_A_ROUND = 20
const SECONDS = 5

/** Rounds of all by turns, so that what else the machine does weighs on them alike: milliseconds of each run. */
async function latency<Name extends string>(contestants: Record<Name, () => Promise<unknown>>) {
  const names = Object.keys(contestants) as Name[]
  const samples = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>
  for (let n = 0; n < ROUNDS; n++) {
    for (const name of names) {
      const work = contestants[name]
      await work()
      for (let i = 0; i < RUNS_A_ROUND; i++) {
        const start = performance.now()
        await work()
        samples[name].push(performance.now() - start)
      }
    }
  }
  return samples
}

/**
 * One utterance, text in to decision out, against the bare `session.run` of the same graph and against transformers.js;
 * then as many as each takes, and ours at 80 % and at 300 % of that.
 */
const classify: Benchmark = async (args) => {
  const { values } = parseArgs({ args, options: { model: { type: 'string' }, workers: { type: 'string' } } })
  const model = values.model ?? 'examples/bank/model'
  const cores = availableParallelism()
  const workers = Number(values.workers ?? Math.min(2, cores))
  const nlu = await classifier(model, { workers, cache: 0 })
  const ours: Classify = (text) => nlu.classify(text)

  const { maxTokens } = modelCard.parse(JSON.parse(await readFile(join(model, 'model.json'), 'utf8')))
  const tokenizer = createTokenizer(await readFile(join(model, 'tokenizer.json'), 'utf8'), maxTokens)
  const text = utterance(tokenizer, TOKENS)
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
  const peer = await transformers(model, 1)
  const asItComes = await transformers(model)

  const samples = await latency({
    bare: () => session.run(feeds, ['embedding']),
    ours: () => ours(text),
    peer: () => peer.classify(text),
    asItComes: () => asItComes.classify(text),
  })
  const p50 = quantile(samples.ours, 0.5)
  const most = await capacity(ours, workers * 4, SECONDS)
  const peerMost = await capacity(peer.classify, workers * 4, SECONDS)
  const asItComesMost = await capacity(asItComes.classify, workers * 4, SECONDS)
  const at80 = await arrivals(ours, most.perSecond * 0.8, SECONDS)
  const peerAt80 = await arrivals(peer.classify, most.perSecond * 0.8, SECONDS)
  const at300 = await arrivals(ours, most.perSecond * 3, SECONDS)
  await session.release()
  await nlu.close()
  await peer.close()
  await asItComes.close()

  const beside = (name: 'peer' | 'asItComes', { perSecond, loopDelayP99Ms }: typeof most) => ({
    p50Ms: round(quantile(samples[name], 0.5)),
    p50Ratio: round(quantile(samples[name], 0.5) / p50),
    perSecond: Math.round(perSecond),
    perSecondRatio: round(most.perSecond / perSecond),
    loopDelayP99Ms,
  })
  return {
    p50Ms: round(p50),
    p99Ms: round(quantile(samples.ours, 0.99)),
    bareP50Ms: round(quantile(samples.bare, 0.5)),
    ratio: round(p50 / quantile(samples.bare, 0.5)),
    perSecond: Math.round(most.perSecond),
    perSecondAWorker: Math.round(most.perSecond / workers),
    loopDelayP99Ms: most.loopDelayP99Ms,
    at80,
    at300,
    transformersOneThread: { ...beside('peer', peerMost), at80LoopDelayP99Ms: peerAt80.loopDelayP99Ms },
    transformersAsItComes: beside('asItComes', asItComesMost),
    model,
    tokens: ids.length,
    workers,
    cores,
  }
}

export default classify
