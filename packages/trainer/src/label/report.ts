import { countBy } from '../data/choose.js'
import { percent, thousands } from '../format.js'
import type { Decision } from './decisions.js'
import { labelOf } from './examples.js'
import { decided, type Labelling } from './items.js'

/** How a label function does. */
export interface FunctionReport {
  name: string
  /** Texts that it speaks of. */
  count: number
  /** Of all distinct requests. */
  coverage: number
  /** Of the texts that another one speaks of too, those where every other agrees; `null` where it speaks alone. */
  agreement: number | null
  conflicts: number
  /** Estimated from agreement. */
  accuracy: number
}

/** What weak labels and people's decisions have come to. */
export interface LabelReport {
  turns: number
  requests: number
  texts: number
  functions: FunctionReport[]
  weak: { covered: number; sure: number; conflicting: number }
  decided: number
  labelled: number
  /** Texts that nothing but a person can label: without a weak label that is sure. */
  needPerson: number
  intents: { intent: string; texts: number }[]
  conflicts: { intents: [string, string]; texts: number; example: string }[]
}

const SHOWN = 10

export function reportOf({ items, turns, accuracy }: Labelling, events: readonly Decision[]): LabelReport {
  const decisions = decided(items, events)
  const labels = items.flatMap((item) => labelOf(item, decisions.get(item.key)) ?? [])
  const conflicting = items.filter(({ votes }) => new Set(votes.values()).size > 1)
  const sure = items.filter((item) => labelOf(item, undefined))
  const pairs = new Map<string, { intents: [string, string]; texts: number; example: string }>()
  for (const { votes, text } of conflicting) {
    const [a, b] = [...new Set(votes.values())].sort() as [string, string]
    const pair = pairs.get(`${a} ${b}`) ?? { intents: [a, b], texts: 0, example: text }
    pair.texts++
    pairs.set(`${a} ${b}`, pair)
  }
  return {
    turns,
    requests: items.reduce((sum, { requests }) => sum + requests.length, 0),
    texts: items.length,
    functions: [...accuracy].map(([name, accuracy]) => ({ name, accuracy, ...agreementOf(items, name) })),
    weak: {
      covered: items.filter(({ weak }) => weak).length,
      sure: sure.length,
      conflicting: conflicting.length,
    },
    decided: decisions.size,
    labelled: labels.length,
    needPerson: items.length - sure.length,
    intents: [...countBy(labels.map(({ intent }) => intent))]
      .map(([intent, texts]) => ({ intent, texts }))
      .sort((a, b) => b.texts - a.texts),
    conflicts: [...pairs.values()].sort((a, b) => b.texts - a.texts),
  }
}

function agreementOf(items: Labelling['items'], name: string): Omit<FunctionReport, 'name' | 'accuracy'> {
  const speaks = items.filter(({ votes }) => votes.has(name))
  const shared = speaks.filter(({ votes }) => votes.size > 1)
  const conflicts = shared.filter(({ votes }) => new Set(votes.values()).size > 1).length
  return {
    count: speaks.length,
    coverage: items.length === 0 ? 0 : speaks.length / items.length,
    agreement: shared.length === 0 ? null : 1 - conflicts / shared.length,
    conflicts,
  }
}

/** A report for a person at a terminal. */
export function told(report: LabelReport): string {
  const { functions, weak, texts } = report
  const share = (count: number) => `${thousands(count)} (${percent(texts === 0 ? 0 : count / texts)})`
  const row = (cells: string[]) => cells.map((cell, i) => (i === 0 ? cell.padEnd(16) : cell.padStart(12))).join('')
  const lines = [
    `${thousands(report.turns)} customer turns, ${thousands(report.requests)} of them requests: ${thousands(texts)} distinct texts.`,
    '',
    row(['What tells', 'texts', 'coverage', 'agreement', 'conflicts', 'accuracy ~']),
    ...functions.map(({ name, count, coverage, agreement, conflicts, accuracy }) =>
      row([
        name,
        thousands(count),
        percent(coverage),
        agreement === null ? '–' : percent(agreement),
        thousands(conflicts),
        percent(accuracy),
      ]),
    ),
    '',
    `Weak labels: ${share(weak.covered)} have one, ${share(weak.sure)} one that is sure, ${share(weak.conflicting)} a conflict.`,
    `Decided by people: ${share(report.decided)}. Labelled in all: ${share(report.labelled)}, of ${report.intents.length} intents.`,
    `A person is needed for ${share(report.needPerson)}.`,
  ]
  if (report.conflicts.length > 0) {
    lines.push('', 'Most conflicts')
    for (const { intents, texts, example } of report.conflicts.slice(0, SHOWN)) {
      lines.push(`  ${String(texts).padStart(4)} × ${intents.join(' or ')}: ${JSON.stringify(example)}`)
    }
  }
  return lines.join('\n')
}
