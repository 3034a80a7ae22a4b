/** What functions say of one text: an intent for each that says something. */
export type Votes = ReadonlyMap<string, string>

/** An intent and how sure it is, from 0 to 1. */
export interface Weak {
  intent: string
  confidence: number
}

const ROUNDS = 20

/** How often a function is taken to be right before anything is known of it, and how many votes that is worth. */
const PRIOR = { accuracy: 0.8, votes: 10 }

/**
 * Weighs votes against one another: how often a function is right is estimated from how often the others agree with it,
 * and what is right from the functions that are (Dawid and Skene 1979, https://doi.org/10.2307/2346806, with one accuracy a
 * function). Starts from the majority.
 *
 * @returns for each text the likeliest intent, and the estimated accuracy of each function
 */
export function combine(votes: Votes[]): { labels: (Weak | undefined)[]; accuracy: Map<string, number> } {
  const intents = Math.max(2, new Set(votes.flatMap((of) => [...of.values()])).size)
  const accuracy = new Map([...new Set(votes.flatMap((of) => [...of.keys()]))].map((name) => [name, PRIOR.accuracy]))
  let shares = votes.map((of) => posterior(of, accuracy, intents))
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of accuracy.keys()) {
      let [right, all] = [PRIOR.accuracy * PRIOR.votes, PRIOR.votes]
      for (const [i, of] of votes.entries()) {
        const vote = of.get(name)
        // Where a function speaks alone nothing can be learned of it.
        if (vote === undefined || of.size < 2) continue
        right += shares[i]?.get(vote) ?? 0
        all++
      }
      accuracy.set(name, Math.min(0.99, right / all))
    }
    shares = votes.map((of) => posterior(of, accuracy, intents))
  }
  const labels = shares.map((share) => {
    const [best] = [...share].sort((a, b) => b[1] - a[1])
    return best && { intent: best[0], confidence: best[1] }
  })
  return { labels, accuracy }
}

/** The probability of each intent that somebody votes for. The rest of it is that of the intents that nobody does. */
function posterior(votes: Votes, accuracy: ReadonlyMap<string, number>, intents: number): Map<string, number> {
  const named = [...new Set(votes.values())]
  const weight = (intent: string | undefined) => {
    let product = 1
    for (const [name, vote] of votes) {
      const right = accuracy.get(name) ?? PRIOR.accuracy
      product *= vote === intent ? right : (1 - right) / (intents - 1)
    }
    return product
  }
  const weights = named.map(weight)
  const total = weights.reduce((a, b) => a + b, 0) + (intents - named.length) * weight(undefined)
  return new Map(named.map((intent, i) => [intent, (weights[i] as number) / total]))
}
