import type { Evaluation } from './evaluate.js'
import { chance, percent, thousands } from './format.js'
import { advise } from './judge/advice.js'
import type { Change, Comparison } from './judge/compare.js'
import type { ExactComparison } from './judge/exact.js'
import type { Interval } from './judge/intervals.js'
import type { IntentScores } from './metrics/intents.js'
import type { Separation } from './metrics/scope.js'
import type { Slice } from './metrics/slices.js'

/** How many intents and pairs a summary names. */
const NAMED = 10

/** How many pieces of advice it gives. */
const ADVICE = 3

/** An evaluation for a person at a terminal. */
export function summary(evaluation: Evaluation): string {
  const { count, intents, confusions } = evaluation
  const known = intents.filter(({ support }) => support > 0).length
  const lines = [`${thousands(count)} utterances of ${known} intents`, ...decisive(evaluation)]
  const slices = [evaluation.slices.length, evaluation.slices.script].filter((of) => of.length > 1).flat()
  if (slices.length > 0) lines.push('', 'By length and script', ...slices.map(sliceLine))
  const weak = intents.filter(({ f1 }) => f1 < 1).sort((a, b) => a.f1 - b.f1)
  if (weak.length > 0) lines.push('', ...weakest(weak.slice(0, NAMED)))
  if (confusions.length > 0) {
    lines.push('', 'Most confused')
    for (const { intent, predicted, count, example } of confusions.slice(0, NAMED)) {
      lines.push(`  ${String(count).padStart(3)} × ${intent} taken for ${predicted}: ${JSON.stringify(example)}`)
    }
  }
  const advice = advise(evaluation).slice(0, ADVICE)
  if (advice.length > 0) {
    lines.push('', 'What to label next')
    for (const { intents, why, what } of advice) lines.push(`  ${intents.join(', ')}: ${why}.`, `    ${what}`)
  }
  return lines.join('\n')
}

/** What decides whether a model is deployed: accuracy, calibration, and what it turns away. */
function decisive({ accuracy, top3, macroF1, ece, brier, coverage, outOfScope, typos, latency }: Evaluation): string[] {
  const row = (name: string, told: string) => `  ${name.padEnd(14)}${told}`
  const lines = [
    row('accuracy', `${percent(accuracy)}; among the first three ${percent(top3)}; macro F1 ${macroF1.toFixed(3)}`),
    row(
      'answering',
      `the surest 95 %: ${percent(coverage.at95)} right; 90 %: ${percent(coverage.at90)} (AURC ${coverage.aurc.toFixed(4)})`,
    ),
    row('calibration', `ECE ${ece.toFixed(3)}, Brier ${brier.toFixed(3)}`),
    row('out of scope', `${percent(outOfScope.rate)} turned away that are in scope`),
  ]
  for (const [name, found] of Object.entries({ near: outOfScope.near, far: outOfScope.far })) {
    if (found) lines.push(row(`  ${name}`, separation(found)))
  }
  if (typos)
    lines.push(row('typos', `${percent(typos.accuracy)} with a slip or more in each, ${percent(typos.drop)} less`))
  lines.push(row('time', `median ${latency.p50Ms.toFixed(1)} ms, p99 ${latency.p99Ms.toFixed(1)} ms`))
  return lines
}

function separation({ count, recall, auroc, fpr95 }: Separation): string {
  return `${percent(recall)} of ${thousands(count)} turned away; AUROC ${auroc.toFixed(3)}, FPR@95 ${percent(fpr95)}`
}

function sliceLine({ name, count, accuracy, interval: [from, to] }: Slice): string {
  const between = `(${percent(from)} to ${percent(to)})`
  return `  ${name.padEnd(20)}${percent(accuracy).padStart(8)}  ${between.padEnd(20)}  ${thousands(count)} utterances`
}

/** What quantisation costs, for a person at a terminal. */
export function exactSummary({ accuracy, agreement, cost, interval }: ExactComparison): string {
  const [from, to] = interval.map((share) => (share * 100).toFixed(2))
  return `Before quantisation ${percent(accuracy)}: it costs ${(cost * 100).toFixed(2)} points (${from} to ${to}); both agree on ${percent(agreement)}.`
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

/** A difference of shares in points, such as `+0.4`. */
export const points = (share: number) => `${share < 0 ? '−' : '+'}${Math.abs(share * 100).toFixed(1)}`
/** An interval of such differences. */
export const between = ([from, to]: Interval) => `${points(from)} to ${points(to)} points`

/** Two models on the same utterances, for a person at a terminal. */
export function comparisonSummary({
  count,
  before,
  after,
  interval,
  p,
  newlyRight,
  newlyWrong,
  intents,
  objections,
}: Comparison): string {
  const list = (title: string, changes: Change[]) => [
    '',
    `${title}: ${changes.length}`,
    ...changes.slice(0, 10).map((one) => `  ${JSON.stringify(one.text)} (${one.intent}): ${one.before} → ${one.after}`),
  ]
  return [
    `${percent(before)} → ${percent(after)} of ${thousands(count)} decided rightly: ${between(interval)}, ${chance(p)}`,
    ...list('Newly wrong', newlyWrong),
    ...list('Newly right', newlyRight),
    '',
    ...intents
      .slice(0, 10)
      .map((one) => `  ${one.intent}: ${percent(one.before)} → ${percent(one.after)} (${between(one.interval)})`),
    '',
    ...(objections.length > 0
      ? ['It should not replace the first:', ...objections.map((one) => `  ${one}`)]
      : ['It may replace the first.']),
  ].join('\n')
}
