import { countBy } from '../data/choose.js'

const COUNT = 3

/** Function words of a language occur everywhere: a phrase may hold them, but neither begin nor end with one. */
const EDGE =
  /^(?:a|an|the|i|you|it|we|he|she|they|me|my|your|to|of|in|on|at|for|and|or|is|are|was|be|do|does|did|have|has|can|could|would|will|please|that|this|with|from|if|so|but|as|am|by|im|id)$/

/**
 * The phrases that tell each group of texts from the others, the most telling first: the frequency of a phrase in the group
 * against its frequency in all of them (class-based tf-idf; Grootendorst 2022, https://arxiv.org/abs/2203.05794).
 */
export function phrasesOf(groups: readonly (readonly string[])[]): string[][] {
  // A text says each of its phrases once, so that one chatty text names nothing.
  const counts = groups.map((texts) => countBy(texts.flatMap((text) => [...new Set(phrases(text))])))
  const everywhere = new Map<string, number>()
  for (const of of counts) for (const [phrase, n] of of) everywhere.set(phrase, (everywhere.get(phrase) ?? 0) + n)
  const mean = groups.reduce((sum, texts) => sum + texts.length, 0) / Math.max(1, groups.length)
  return counts.map((of, i) => {
    const size = groups[i]?.length ?? 1
    const ranked = [...of]
      .filter(([, n]) => n > 1 || size < 3)
      .map(([phrase, n]) => {
        const idf = Math.log(1 + mean / (everywhere.get(phrase) ?? 1))
        // Of phrases that occur as often, the longer one tells more.
        return { phrase, value: (n / size) * idf * Math.sqrt(lengthOf(phrase)) }
      })
      .sort((a, b) => b.value - a.value || (a.phrase < b.phrase ? -1 : 1))
    const chosen: string[] = []
    for (const { phrase } of ranked) {
      if (chosen.length === COUNT) break
      if (!chosen.some((one) => one.includes(phrase) || phrase.includes(one))) chosen.push(phrase)
    }
    return chosen
  })
}

/** In words, or in Chinese characters. */
function lengthOf(phrase: string): number {
  return /^\p{Script=Han}/u.test(phrase) ? [...phrase].length : phrase.split(' ').length
}

/** One to three words in a row, or two to four Chinese characters. */
function phrases(text: string): string[] {
  const folded = text.normalize('NFKC').toLowerCase()
  const words = folded.match(/\[[\p{L}\d-]+\]|\p{Script=Han}+|[\p{L}\p{N}']+/gu) ?? []
  return words.flatMap((word, at) => {
    if (/^\p{Script=Han}/u.test(word)) {
      return [...word].flatMap((_, from) =>
        [2, 3, 4].flatMap((n) => (from + n <= word.length ? [word.slice(from, from + n)] : [])),
      )
    }
    return [1, 2, 3].flatMap((n) => {
      const run = words.slice(at, at + n)
      const last = run.at(-1) ?? ''
      const whole = run.length === n && !run.some((one) => /^[\p{Script=Han}[]/u.test(one))
      return whole && !EDGE.test(word) && !EDGE.test(last) ? [run.join(' ')] : []
    })
  })
}
