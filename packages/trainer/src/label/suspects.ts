import type { IntentScore } from '@colloquy/core'

/** A label that is likely to be wrong. */
export interface Suspect {
  /** Which of the examples. */
  index: number
  label: string
  /** What it would be taken for by a head that has not seen it. */
  suggested: string
  /** How much likelier that is than its label, from 0 to 1. */
  by: number
}

/**
 * Labels that are likely to be wrong, the likeliest first, by confident learning (Northcutt et al. 2021,
 * https://arxiv.org/abs/1911.00068): a text is counted to another intent when it is at least as sure of it as texts of that
 * intent are on average. Nothing is changed or left out: a person decides.
 *
 * @param rankings out of sample, one for each label
 */
export function suspectsOf(labels: readonly string[], rankings: readonly IntentScore[][]): Suspect[] {
  const of = (ranking: readonly IntentScore[], label: string) =>
    ranking.find(({ intent }) => intent === label)?.confidence ?? 0
  const sums = new Map<string, { total: number; count: number }>()
  for (const [i, label] of labels.entries()) {
    const sum = sums.get(label) ?? { total: 0, count: 0 }
    sums.set(label, { total: sum.total + of(rankings[i] ?? [], label), count: sum.count + 1 })
  }
  const usual = new Map([...sums].map(([label, { total, count }]) => [label, total / count]))
  return labels
    .flatMap((label, index): Suspect[] => {
      const ranking = rankings[index] ?? []
      const best = ranking.find(({ intent, confidence }) => confidence >= (usual.get(intent) ?? 1))
      const own = of(ranking, label)
      if (!best || best.intent === label || best.confidence <= own) return []
      return [{ index, label, suggested: best.intent, by: best.confidence - own }]
    })
    .sort((a, b) => b.by - a.by)
}
