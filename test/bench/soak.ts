import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { Worker } from 'node:worker_threads'
import { classifier } from '@colloquy/core'
import { pino } from 'pino'
import { arrivals, capacity, quantile, round } from './classify/load.js'
import type { Benchmark } from './run.js'

/** How often a thread is killed, in milliseconds, and how often memory is read, in seconds. */
const KILL = 10_000
const SAMPLE = 15

/**
 * Half of what the classifier can do, for `--minutes` (5), while a thread is killed every ten seconds and the model is replaced
 * `--swaps` times (20) by another version of itself.
 */
const soak: Benchmark = async (args) => {
  const options = { minutes: { type: 'string' }, swaps: { type: 'string' }, model: { type: 'string' } } as const
  const { values } = parseArgs({ args, options })
  const minutes = Number(values.minutes ?? 5)
  const swaps = Number(values.swaps ?? 20)
  const folder = mkdtempSync(join(tmpdir(), 'colloquy-soak-'))
  cpSync(values.model ?? 'examples/bank/model', folder, { recursive: true })

  const threads = new Set<Worker>()
  process.on('worker', (thread: Worker) => {
    threads.add(thread)
    thread.once('exit', () => threads.delete(thread))
  })
  let swapped = 0
  const write = (line: string) => {
    if (line.includes('has taken over')) swapped++
  }
  const log = pino({ level: 'info' }, { write })
  const nlu = await classifier(folder, { cache: 0, log })
  let failures = 0
  const answered = new Set<string | undefined>()
  const classify = async (text: string) => {
    try {
      answered.add((await nlu.classify(text)).model)
    } catch (error) {
      failures++
      throw error
    }
  }
  const { perSecond } = await capacity(classify, 8, 3)

  let kills = 0
  const killer = setInterval(() => {
    // An error that nothing in the thread catches: to terminate it would be to abort the process.
    const [victim] = threads
    victim?.postMessage(null)
    kills++
  }, KILL)
  const swapper = setInterval(
    () => {
      if (swapped < swaps) replace(folder, `${swapped + 1}`)
    },
    (minutes * 60_000) / (swaps + 1),
  )
  const memory: number[] = []
  const windows: Awaited<ReturnType<typeof arrivals>>[] = []
  const start = Date.now()
  for (const end = start + minutes * 60_000; Date.now() < end; ) {
    windows.push(await arrivals(classify, perSecond / 2, SAMPLE))
    await sleep(10)
    globalThis.gc?.()
    memory.push(process.memoryUsage.rss() / 2 ** 20)
    console.error(`${round((Date.now() - start) / 60_000, 1)} min, ${round(memory.at(-1) ?? 0, 1)} MB, ${kills} kills`)
  }
  clearInterval(killer)
  clearInterval(swapper)
  await nlu.close()
  rmSync(folder, { recursive: true, force: true })

  const sum = (key: 'asked' | 'answered' | 'refused' | 'failed' | 'lost') =>
    windows.reduce((all, one) => all + one[key], 0)
  const third = Math.max(1, Math.floor(memory.length / 3))
  const [early, middle, late] = [memory.slice(0, third), memory.slice(third, 2 * third), memory.slice(-third)].map(
    (part) => round(quantile(part, 0.5), 1),
  )
  return {
    minutes,
    perSecond: Math.round(perSecond / 2),
    ...{
      asked: sum('asked'),
      answered: sum('answered'),
      refused: sum('refused'),
      failed: sum('failed'),
      lost: sum('lost'),
    },
    ...{ kills, swaps: swapped, versions: answered.size, failures },
    p99Ms: round(
      quantile(
        windows.map((one) => one.p99Ms),
        0.5,
      ),
    ),
    loopDelayP99Ms: round(
      quantile(
        windows.map((one) => one.loopDelayP99Ms),
        0.5,
      ),
    ),
    rssMb: {
      first: round(memory[0] ?? 0, 1),
      firstThird: early ?? null,
      middleThird: middle ?? null,
      lastThird: late ?? null,
      last: round(memory.at(-1) ?? 0, 1),
      highest: round(Math.max(...memory), 1),
    },
  }
}

/** The same model under another date: a new version. */
function replace(folder: string, created: string): void {
  const file = join(folder, 'model.json')
  const card = JSON.parse(readFileSync(file, 'utf8')) as object
  writeFileSync(`${file}.new`, JSON.stringify({ ...card, created }))
  renameSync(`${file}.new`, file)
}

export default soak
