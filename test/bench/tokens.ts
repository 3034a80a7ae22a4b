import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createTokenizer } from '../../packages/core/dist/nlu/tokenizer.js'
import { askPython } from './parity/python.js'
import { textsOf } from './parity/texts.js'
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
  const texts = await textsOf(data)

  const tokenizer = createTokenizer(readFileSync(file, 'utf8'), LONGEST)
  const start = performance.now()
  const ours = texts.map((text) => tokenizer.encode(text))
  const seconds = (performance.now() - start) / 1000
  const theirs = await askPython(PYTHON, [file], texts)
  const different = texts.filter((_, i) => JSON.stringify(ours[i]) !== theirs[i]?.replaceAll(' ', ''))
  for (const text of different.slice(0, 10)) console.log(`Not the same: ${JSON.stringify(text)}`)
  return { texts: texts.length, different: different.length, perSecond: Math.round(texts.length / seconds) }
}
export default tokens
