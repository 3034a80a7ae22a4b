import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { slack, whatsapp } from './import/exports.js'
import type { Benchmark } from './run.js'

const COLLOQUY = fileURLToPath(new URL('../../packages/trainer/bin/colloquy.js', import.meta.url))
/** Has a process say how much memory it took at most, KiB, and how long it kept processors busy, microseconds. */
const PEAK =
  "process.on('exit',()=>{const{maxRSS,userCPUTime,systemCPUTime}=process.resourceUsage();process.stderr.write('PEAK '+maxRSS+' '+(userCPUTime+systemCPUTime))})"

/** Reads lines as Node does, and no more: nobody can be faster than the reading. */
const LINES = `
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
let lines = 0
for await (const line of createInterface({ input: createReadStream(process.argv[1]) })) lines += line.length > 0 ? 1 : 0
console.log(lines)`
/** Reads every file and has JSON.parse make objects of it, and no more. */
const PARSE = `
import { readdirSync, readFileSync } from 'node:fs'
let messages = 0
for (const file of readdirSync(process.argv[1], { recursive: true })) {
  if (/\\d\\.json$/.test(file)) messages += JSON.parse(readFileSync(process.argv[1] + '/' + file, 'utf8')).length
}
console.log(messages)`

interface Run {
  seconds: number
  /** Of processors, all threads together. */
  cpuSeconds: number
  peakMb: number
}

/** Runs Node with arguments in a process of its own. */
async function node(args: string[]): Promise<Run> {
  const started = performance.now()
  const child = spawn(process.execPath, ['--import', `data:text/javascript,${encodeURIComponent(PEAK)}`, ...args])
  let stderr = ''
  child.stdout.resume()
  child.stderr.on('data', (data) => {
    stderr += data
  })
  const code = await new Promise((resolve) => child.on('close', resolve))
  const peak = /PEAK (\d+) (\d+)/.exec(stderr)
  if (code !== 0 || !peak) throw new Error(`${args.at(-1)} ended with ${code}: ${stderr}`)
  const seconds = (performance.now() - started) / 1000
  return { seconds, cpuSeconds: Number(peak[2]) / 1e6, peakMb: Math.round(Number(peak[1]) / 1024) }
}

function median<T>(values: T[], of: (value: T) => number): T {
  return [...values].sort((a, b) => of(a) - of(b))[Math.floor(values.length / 2)] as T
}

/**
 * The command on an export, beside the least that any importer must do on the same bytes, in processes of their own that
 * take turns. Both times are from the start of the process to its end.
 */
const imported: Benchmark = async (args) => {
  const { values } = parseArgs({
    args,
    options: { messages: { type: 'string', default: '1000000' }, rounds: { type: 'string', default: '3' } },
  })
  const count = Number(values.messages)
  const folder = mkdtempSync(join(tmpdir(), 'colloquy-bench-'))
  const out = join(folder, 'out.jsonl')
  try {
    const figures: Awaited<ReturnType<Benchmark>> = {}
    for (const [name, write, floor, script] of [
      ['whatsapp', whatsapp, 'readline', LINES],
      ['slack', slack, 'jsonParse', PARSE],
    ] as const) {
      const path = await write(folder, count)
      const [ours, bare]: [Run[], Run[]] = [[], []]
      for (let round = 0; round < Number(values.rounds); round++) {
        rmSync(out, { force: true })
        ours.push(await node([COLLOQUY, 'import', path, '--out', out]))
        bare.push(await node(['--input-type=module', '-e', script, path]))
      }
      const [run, least] = [median(ours, ({ seconds }) => seconds), median(bare, ({ seconds }) => seconds)]
      figures[name] = {
        perSecond: Math.round(count / run.seconds),
        peakMb: Math.max(...ours.map(({ peakMb }) => peakMb)),
        seconds: Number(run.seconds.toFixed(2)),
        // What other work on the machine weighs less on.
        perCpuSecond: Math.round(count / median(ours, ({ cpuSeconds }) => cpuSeconds).cpuSeconds),
        [`${floor}PerSecond`]: Math.round(count / least.seconds),
        [`timesOf${floor[0]?.toUpperCase()}${floor.slice(1)}`]: Number((run.seconds / least.seconds).toFixed(2)),
      }
      rmSync(path, { recursive: true })
    }
    return figures
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

export default imported
