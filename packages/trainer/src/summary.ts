import type { Evaluation } from './evaluate.js'
import { percent, thousands } from './format.js'
import type { IntentScores } from './metrics.js'

/** How many intents and pairs a summary names. */
const NAMED = 10

/** An evaluation for a person at a terminal. */
export function summary({
  count,
  accuracy,
  macroF1,
  ece,
  intents,
  confusions,
  outOfScope,
  latency,
}: Evaluation): string {
  const known = intents.filter(({ support }) => support > 0).length
  const lines = [
    `Accuracy ${percent(accuracy)}   macro F1 ${macroF1.toFixed(3)}   calibration error (ECE) ${ece.toFixed(3)}`,
    `${thousands(count)} utterances of ${known} intents; ${percent(outOfScope.rate)} turned away as out of scope; median time ${latency.p50Ms.toFixed(1)} ms`,
  ]
  if (outOfScope.recall !== null) {
    const { count, recall, auroc } = outOfScope
    lines.push(`${thousands(count)} out of scope: ${percent(recall)} turned away, AUROC ${auroc?.toFixed(3)}`)
  }
  const weak = intents.filter(({ f1 }) => f1 < 1).sort((a, b) => a.f1 - b.f1)
  if (weak.length > 0) lines.push('', ...weakest(weak.slice(0, NAMED)))
  if (confusions.length > 0) {
    lines.push('', 'Most confused')
    for (const { intent, predicted, count, example } of confusions.slice(0, NAMED)) {
      lines.push(`  ${String(count).padStart(3)} × ${intent} taken for ${predicted}: ${JSON.stringify(example)}`)
    }
  }
  return lines.join('\n')
}

function weakest(intents: IntentScores[]): string[] {
  const width = Math.max(...intents.map(({ intent }) => intent.length), 'Weakest intents'.length - 2)
  const cell = (text: string) => text.padStart(11)
  return [
    `${'Weakest intents'.padEnd(width + 2)}${['precision', 'recall', 'utterances'].map(cell).join('')}`,
    ...intents.map(
      ({ intent, precision, recall, support }) =>
        `  ${intent.padEnd(width)}${[percent(precision), percent(recall), String(support)].map(cell).join('')}`,
    ),
  ]
}
