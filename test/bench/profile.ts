import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { classifier } from '@colloquy/core'
import { readModel } from '@colloquy/core/model'
import { Tokenizer } from '@huggingface/tokenizers'
import { env, InferenceSession, Tensor } from 'onnxruntime-node'
import { answer } from '../../packages/core/dist/nlu/calibration.js'
import { Pool } from '../../packages/core/dist/nlu/pool.js'
import { createTokenizer } from '../../packages/core/dist/nlu/tokenizer.js'
import { quantile, round, utterance } from './classify/load.js'
import { handovers } from './profile/handover.js'
import type { Benchmark } from './run.js'

const ROUNDS = 60
const TOKENS = 16
/** Lengths whose difference shows what a token costs. */
const LENGTHS = [8, TOKENS, 32, 64]
const TRIED = ['tokeniseWhole', 'tensorsAnew', 'runIntoKept', 'wrapped', 'transferred', 'shared']

/** Work that is timed `each` times in a row, each time after something else that is not. */
type Step = [work: () => unknown, each: number, before?: () => Promise<unknown>]

/** Rounds of all steps by turns, so that what else the machine does weighs on them alike: microseconds of each run. */
async function measure<Name extends string>(steps: Record<Name, Step>): Promise<Record<Name, number[]>> {
  const names = Object.keys(steps) as Name[]
  const samples = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of names) {
      const [work, each, before] = steps[name]
      await work()
      for (let n = 0; n < each; n++) {
        if (before) await before()
        const start = performance.now()
        // What is no promise is not waited for: that alone would take longer than some steps.
        const done = work()
        if (done instanceof Promise) await done
        samples[name].push((performance.now() - start) * 1000)
      }
    }
  }
  return samples
}

/** Multiplications of the encoder for a token, without those of attention, which grow with the length. */
function multiplications(encoder: Record<string, unknown>): number {
  const [layers, hidden, inner] = ['num_hidden_layers', 'hidden_size', 'intermediate_size'].map((key) =>
    Number(encoder[key]),
  )
  return (layers as number) * (4 * (hidden as number) ** 2 + 2 * (hidden as number) * (inner as number))
}

/** Where the time of one request goes, and what some ways to save a part of it are worth. */
const profile: Benchmark = async (args) => {
  const { values } = parseArgs({ args, options: { model: { type: 'string' } } })
  const folder = values.model ?? 'examples/bank/model'
  const model = await readModel(folder)
  const { card, head } = model
  const tokenizer = createTokenizer(model.tokenizer, card.maxTokens)
  const text = utterance(tokenizer, TOKENS)
  const ids = tokenizer.encode(text)
  env.logLevel = 'fatal'
  const session = await InferenceSession.create(join(folder, 'model.onnx'), {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
  })
  const feedsOf = (tokens: number[]) => ({
    input_ids: new Tensor('int64', BigInt64Array.from(tokens, BigInt), [1, tokens.length]),
    attention_mask: new Tensor('int64', new BigInt64Array(tokens.length).fill(1n), [1, tokens.length]),
  })
  const feeds = feedsOf(ids)
  const { embedding } = await session.run(feeds, ['embedding'])
  const numbers = embedding?.data as Float32Array
  const nlu = await classifier(folder, { workers: 1, cache: 0, watch: false })
  const pool = await Pool.open(model, { threads: 1 })
  const ways = Object.entries(handovers).map(([name, make]) => [name, make()] as const)

  // What could take the place of what is done now, or has lost its place to it.
  const kept = { embedding: new Tensor('float32', new Float32Array(numbers.length), [1, numbers.length]) }
  const theirs = new Tokenizer(JSON.parse(model.tokenizer), {})
  const lengths = LENGTHS.filter((length) => length <= card.maxTokens)
  const graphs = lengths.map((length) => {
    const fed = feedsOf(Array.from({ length }, (_, n) => ids[n % ids.length] as number))
    return [`graph${length}`, [() => session.run(fed, ['embedding']), 10]] as const
  })

  // A run fetches the whole model through the caches: what comes after it must fetch its own code and tables again.
  const run = () => session.run(feeds, ['embedding'])
  const samples = await measure({
    whole: [() => nlu.classify(text), 20],
    embed: [() => pool.run(text), 20],
    run: [run, 20],
    tokenise: [() => tokenizer.encode(text), 5, run],
    decide: [() => answer(numbers, head, card), 5, run],
    tokeniseAgain: [() => tokenizer.encode(text), 40],
    decideAgain: [() => answer(numbers, head, card), 40],
    tokeniseWhole: [() => theirs.encode(text), 5, run],
    tensorsAnew: [() => feedsOf(ids), 5, run],
    runIntoKept: [() => session.run(feeds, kept), 20],
    ...Object.fromEntries(graphs.map(([name, [work, each]]) => [name, [work, each] as Step])),
    ...Object.fromEntries(ways.map(([name, way]) => [name, [() => way.pass(text), 40] as Step])),
  } as Record<string, Step>)
  await session.release()
  await nlu.close()
  await pool.close()
  for (const [, way] of ways) await way.close()

  const median = (name: string) => quantile(samples[name] ?? [], 0.5)
  const least = (name: string) => Math.min(...(samples[name] ?? []))
  const parts = ['whole', 'embed', 'tokenise', 'copied', 'run', 'decide', 'tokeniseAgain', 'decideAgain']
  const shortest = lengths[0] as number
  const longest = lengths.at(-1) as number
  const perToken = (least(`graph${longest}`) - least(`graph${shortest}`)) / (longest - shortest)
  const each = (of: (name: string) => number, names: string[]) =>
    Object.fromEntries(names.map((name) => [name, round(of(name), 1)]))
  /** What is left of the time in the thread and on the way there, and of that before and after. */
  const rest = (of: (name: string) => number) => ({
    restInThread: round(of('embed') - ['tokenise', 'copied', 'run'].reduce((sum, name) => sum + of(name), 0), 1),
    restOutside: round(of('whole') - of('embed') - of('decide'), 1),
  })
  return {
    /** Microseconds. `tokenise` and `decide` are after a run, `…Again` after themselves. A text goes to a thread and back (`copied`), where `embed` is all that is done for it. */
    median: { ...each(median, parts), ...rest(median) },
    least: { ...each(least, parts), ...rest(least) },
    /** Of the graph alone: what a token adds, and what is there whatever the length. */
    graph: {
      ...each(
        least,
        graphs.map(([name]) => name),
      ),
      perToken: round(perToken, 1),
      fixed: round(least(`graph${TOKENS}`) - TOKENS * perToken, 1),
      multiplicationsPerToken: multiplications(card.encoder),
      gigaMultiplicationsPerSecond: round(multiplications(card.encoder) / perToken / 1000, 0),
    },
    /** Beside `tokenise`, `run` and `copied` above. */
    tried: each(median, TRIED),
    triedLeast: each(least, TRIED),
    model: folder,
    tokens: ids.length,
  }
}

export default profile
