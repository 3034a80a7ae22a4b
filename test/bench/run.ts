import { existsSync, readdirSync } from 'node:fs'

type Figure = string | number | null

/** What a file in this folder exports as default: takes its own options, gives what it measured. */
export type Benchmark = (options: string[]) => Promise<Record<string, Figure | Record<string, Figure>>>

const here = new URL('./', import.meta.url)
const names = readdirSync(here)
  .filter((file) => file.endsWith('.ts') && file !== 'run.ts')
  .map((file) => file.slice(0, -'.ts'.length))

function stop(message: string): never {
  console.error(message)
  process.exit(2)
}

const [name, ...rest] = process.argv.slice(2)
const usage = `Usage: npm run bench -- NAME [--json] [options]\nBenchmarks: ${names.join(', ')}`
if (name === undefined || name === '--help') {
  console.log(usage)
  process.exit()
}
if (!names.includes(name)) stop(`There is no benchmark "${name}".\n${usage}`)
if (!existsSync(new URL('../../packages/core/dist/index.js', here))) stop('Nothing is built. Run: npm run build')

const benchmark: { default: Benchmark } = await import(new URL(`${name}.ts`, here).href)
const figures = await benchmark
  .default(rest.filter((option) => option !== '--json'))
  .catch((error: Error) => stop(error.message))
const rows = Object.entries(figures).flatMap(([key, figure]) =>
  figure !== null && typeof figure === 'object'
    ? Object.entries(figure).map(([part, one]) => [`${key}.${part}`, one] as const)
    : [[key, figure] as const],
)
const width = Math.max(...rows.map(([key]) => key.length))
for (const [key, figure] of rows) console.log(`${key.padEnd(width)}  ${figure ?? 'not measured'}`)
if (rest.includes('--json')) console.log(JSON.stringify(figures))
