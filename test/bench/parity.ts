import { parseArgs } from 'node:util'
import { type Classification, classifier } from '@colloquy/core'
import { round } from './classify/load.js'
import { askPython } from './parity/python.js'
import { textsOf } from './parity/texts.js'
import type { Benchmark } from './run.js'

/** Texts that wait for an answer at once: enough for the threads never to wait. */
const CLIENTS = 8

/** Texts after which each side tells how far it is. */
const STRIDE = 10_000

const PYTHON = `
import json, sys
from pathlib import Path
import numpy as np
from safetensors.numpy import load_file
from tokenizers import Tokenizer
from colloquy_trainer.calibrate import Head, logsumexp, measures, run, scope_score
from colloquy_trainer.data import encode, plain

folder, stride = Path(sys.argv[1]), int(sys.argv[2])
card = json.loads((folder / "model.json").read_text(encoding="utf-8"))
head = Head(**load_file(folder / "head.safetensors"))
tokenizer = plain(Tokenizer.from_file(str(folder / "tokenizer.json")))
texts = [json.loads(line) for line in sys.stdin]
for start in range(0, len(texts), stride):
    embedding = run(folder / "model.onnx", encode(tokenizer, texts[start : start + stride], card["maxTokens"]))
    scaled = head.logits(embedding).astype(np.float64) / card["temperature"]
    predicted = scaled.argmax(1)
    confidence = np.exp(scaled.max(1) - logsumexp(scaled))
    score = scope_score(measures(head, embedding, card["temperature"]), card["outOfScope"])
    outside = score < np.array(card["outOfScope"]["thresholds"])[predicted]
    for label, *numbers, verdict in zip(predicted, confidence, score, outside):
        print(json.dumps([card["labels"][label], *map(float, numbers), bool(verdict)]))
    print(f"Python: {start + len(embedding)} of {len(texts)}", file=sys.stderr)
`

/**
 * Classifies every text of some JSONL files as a bot does and as the trainer's own code does, and counts where the two differ:
 * what was measured in training must hold in production. Every value of a "text" key counts, at any depth.
 *
 *     npm run bench -- parity [--model FOLDER] DATA…
 */
const parity: Benchmark = async (args) => {
  const { values, positionals } = parseArgs({ args, options: { model: { type: 'string' } }, allowPositionals: true })
  if (positionals.length === 0) {
    throw new Error('Name JSONL files: npm run bench -- parity examples/bank/banking77.jsonl.gz')
  }
  const model = values.model ?? 'examples/bank/model'
  const texts = await textsOf(positionals)
  const [theirs, ours] = await Promise.all([askPython(PYTHON, [model, `${STRIDE}`], texts), answers(model, texts)])

  let [labelsDifferent, verdictsDifferent, confidenceDifference, scoreDifference] = [0, 0, 0, 0]
  let nothingToRead = 0
  let outOfScope = 0
  for (const [i, text] of texts.entries()) {
    const mine = ours[i] as Classification
    const [intent, confidence, score, outside] = JSON.parse(theirs[i] as string) as [string, number, number, boolean]
    if (mine.ranking.every((one) => one.confidence === mine.confidence)) {
      // Core does not ask the model about a text without a visible character.
      nothingToRead++
      continue
    }
    if (outside) outOfScope++
    if (mine.intent !== intent) labelsDifferent++
    if (mine.outOfScope !== outside) verdictsDifferent++
    if (mine.intent !== intent || mine.outOfScope !== outside) {
      const of = (label: string, sure: number, points: number) => `${label} ${round(sure)} ${round(points)}`
      console.error(
        `${JSON.stringify(text)}: ${of(intent, confidence, score)}, not ${of(mine.intent, mine.confidence, mine.score)}`,
      )
    }
    confidenceDifference = Math.max(confidenceDifference, Math.abs(mine.confidence - confidence))
    scoreDifference = Math.max(scoreDifference, Math.abs(mine.score - score))
  }
  return {
    texts: texts.length,
    labelsDifferent,
    verdictsDifferent,
    confidenceDifference: Number(confidenceDifference.toPrecision(2)),
    scoreDifference: Number(scoreDifference.toPrecision(2)),
    nothingToRead,
    outOfScope,
    model,
  }
}

async function answers(model: string, texts: string[]): Promise<Classification[]> {
  const nlu = await classifier(model, { cache: 0, watch: false, patience: 3600 })
  const given: Classification[] = []
  let next = 0
  await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      while (next < texts.length) {
        const at = next++
        given[at] = await nlu.classify(texts[at] as string)
        if ((at + 1) % STRIDE === 0) console.error(`Node: ${at + 1} of ${texts.length}`)
      }
    }),
  )
  await nlu.close()
  return given
}

export default parity
