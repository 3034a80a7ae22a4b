import { spawn } from 'node:child_process'
import { createReadStream, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { createGunzip } from 'node:zlib'
import { createTokenizer } from '../../packages/core/dist/nlu/tokenizer.js'
import { findPython } from '../../packages/trainer/dist/python.js'
import type { Benchmark } from './run.js'

const MODEL = fileURLToPath(new URL('../../examples/bank/model/tokenizer.json', import.meta.url))
const LONGEST = 8192

const PYTHON = `
import json, sys
from tokenizers import Tokenizer
tokenizer = Tokenizer.from_file(sys.argv[1])
tokenizer.no_truncation()
for line in sys.stdin:
    print(json.dumps(tokenizer.encode(json.loads(line)).ids))
`

/**
 * Tokenizes every text of some JSONL files in Node and in Python, and counts where they differ: a model must read in
 * production what it read in training. Every value of a "text" key counts, at any depth.
 *
 *     npm run bench -- tokens [--tokenizer FILE] DATA…
 */
const tokens: Benchmark = async (options) => {
  const at = options.indexOf('--tokenizer')
  const file = at < 0 ? MODEL : (options[at + 1] ?? '')
  const data = at < 0 ? options : options.toSpliced(at, 2)
  if (data.length === 0) throw new Error('Name JSONL files: npm run bench -- tokens examples/bank/banking77.jsonl.gz')
  const texts = [...new Set((await Promise.all(data.map(textsOf))).flat())]

  const tokenizer = createTokenizer(readFileSync(file, 'utf8'), LONGEST)
  const start = performance.now()
  const ours = texts.map((text) => tokenizer.encode(text))
  const seconds = (performance.now() - start) / 1000
  const theirs = await pythons(texts, file)
  const different = texts.filter((_, i) => JSON.stringify(ours[i]) !== theirs[i]?.replaceAll(' ', ''))
  for (const text of different.slice(0, 10)) console.log(`Not the same: ${JSON.stringify(text)}`)
  return { texts: texts.length, different: different.length, perSecond: Math.round(texts.length / seconds) }
}
export default tokens

async function textsOf(file: string): Promise<string[]> {
  const raw = createReadStream(file)
  const found: string[] = []
  for await (const line of createInterface({ input: file.endsWith('.gz') ? raw.pipe(createGunzip()) : raw })) {
    if (line.trim() === '') continue
    JSON.parse(line, (key, value) => {
      if (key === 'text' && typeof value === 'string') found.push(value)
      return value
    })
  }
  return found
}

/** The ids of each text as JSON. */
async function pythons(texts: string[], file: string): Promise<string[]> {
  const python = await findPython({
    python: process.env.COLLOQUY_PYTHON,
    signal: new AbortController().signal,
    say: console.error,
  })
  const child = spawn(python, ['-c', PYTHON, file], { stdio: ['pipe', 'pipe', 'inherit'] })
  child.stdin.end(texts.map((text) => `${JSON.stringify(text)}\n`).join(''))
  const lines: string[] = []
  for await (const line of createInterface({ input: child.stdout })) lines.push(line)
  return lines
}
