import { readFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import { ColloquyError } from '@colloquy/core'
import type { Tokenizer } from '../../../packages/core/dist/nlu/tokenizer.js'

/** Something that classifies. */
export type Classify = (text: string) => Promise<unknown>

const DELAY_RESOLUTION_MS = 2
/** Texts are sent in ticks of this many milliseconds: a timer cannot do a text at a time. */
const TICK_MS = 4

export const round = (value: number, digits = 3) => Number(value.toFixed(digits))

export function quantile(samples: number[], q: number): number {
  return [...samples].sort((a, b) => a - b)[Math.floor(q * (samples.length - 1))] ?? Number.NaN
}

/** A natural utterance of exactly so many tokens, [CLS] and [SEP] counted, in whatever vocabulary the model has. */
export function utterance(tokenizer: Tokenizer, tokens: number): string {
  const words = 'I was charged twice for the same card payment can you give me my money back please'.split(' ')
  while (tokenizer.encode(words.join(' ')).length > tokens) words.pop()
  while (tokenizer.encode(words.join(' ')).length < tokens) words.push('a')
  return words.join(' ')
}

/** What people have asked a bank: the test part of the example's data. */
export function questions(): string[] {
  const file = new URL('../../../examples/bank/banking77.jsonl.gz', import.meta.url)
  const rows = gunzipSync(readFileSync(file)).toString().trim().split('\n')
  return rows
    .map((row) => JSON.parse(row) as { text: string; split: string })
    .flatMap((row) => (row.split === 'test' ? row.text : []))
}

/** As many texts as `clients` that each wait for their answer get through in some seconds. */
export async function capacity(classify: Classify, clients: number, seconds: number) {
  const texts = questions()
  let answers = 0
  let busy = true
  const running = Array.from({ length: clients }, async (_, client) => {
    for (let n = client; busy; n += clients) {
      await classify(texts[n % texts.length] as string)
      answers++
    }
  })
  await sleep(500)
  answers = 0
  const [elapsed, loopDelayP99Ms] = await delayed(() => sleep(seconds * 1000))
  const perSecond = answers / (elapsed / 1000)
  busy = false
  await Promise.all(running)
  return { perSecond, loopDelayP99Ms }
}

/** Texts that come at a rate, whether or not those before have been answered. */
export async function arrivals(classify: Classify, perSecond: number, seconds: number) {
  const texts = questions()
  const latency: number[] = []
  const asked: Promise<void>[] = []
  let refused = 0
  let failed = 0
  let highest = 0
  const before = process.memoryUsage().rss
  const ask = async (text: string) => {
    const start = performance.now()
    try {
      await classify(text)
      latency.push(performance.now() - start)
    } catch (error) {
      if (error instanceof ColloquyError && error.code === 'classifier_busy') refused++
      else failed++
    }
  }
  const [, loopDelayP99Ms] = await delayed(async () => {
    const start = performance.now()
    for (let elapsed = 0; elapsed < seconds * 1000; elapsed = performance.now() - start) {
      while (asked.length < (elapsed / 1000) * perSecond) asked.push(ask(texts[asked.length % texts.length] as string))
      highest = Math.max(highest, process.memoryUsage.rss())
      await sleep(TICK_MS)
    }
  })
  await Promise.all(asked)
  return {
    perSecond: Math.round(perSecond),
    asked: asked.length,
    answered: latency.length,
    refused,
    failed,
    lost: asked.length - latency.length - refused - failed,
    p50Ms: round(quantile(latency, 0.5)),
    p99Ms: round(quantile(latency, 0.99)),
    loopDelayP99Ms,
    grownMb: round((highest - before) / 2 ** 20, 1),
  }
}

/** How long work takes, and how late a timer of this thread fires meanwhile, both in milliseconds. */
async function delayed(work: () => Promise<unknown>): Promise<[elapsed: number, p99: number]> {
  const delay = monitorEventLoopDelay({ resolution: DELAY_RESOLUTION_MS })
  const start = performance.now()
  delay.enable()
  await work()
  delay.disable()
  return [performance.now() - start, round(Math.max(0, delay.percentile(99) / 1e6 - DELAY_RESOLUTION_MS))]
}
