import { countBy } from './choose.js'
import type { Example } from './read.js'

/** Texts that carry more than one intent in the same part of the data, as people and programs that label leave behind. */
export interface Settled {
  /** The examples that count, in their order. */
  examples: Example[]
  /** For each such text what its labels were: the first example of each. Where one of them is commonest, that one counts. */
  contradictions: { labels: Example[]; kept?: string }[]
}

/** Lets the commonest intent of a text count, and leaves the text out where none is commonest: it would teach nothing. */
export function settle(examples: Example[]): Settled {
  const same = new Map<string, Example[]>()
  const key = ({ split, text }: Example) => `${split} ${text}`
  for (const example of examples) {
    const known = same.get(key(example))
    if (known) known.push(example)
    else same.set(key(example), [example])
  }
  const contradictions: Settled['contradictions'] = []
  const verdicts = new Map<string, string | undefined>()
  for (const [text, rows] of same) {
    const counts = [...countBy(rows.map(({ intent }) => intent))].sort(([, a], [, b]) => b - a)
    const [first, second] = counts
    if (!first || !second) continue
    const kept = first[1] > second[1] ? first[0] : undefined
    const labels = counts.map(([intent]) => rows.find((row) => row.intent === intent) as Example)
    contradictions.push({ labels, ...(kept !== undefined && { kept }) })
    verdicts.set(text, kept)
  }
  return {
    examples: examples.filter((one) => !verdicts.has(key(one)) || verdicts.get(key(one)) === one.intent),
    contradictions,
  }
}
