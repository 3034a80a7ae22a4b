import { dot } from './opinion.js'

/** What is known of a text that nobody has decided yet. */
export interface Candidate {
  embedding: Float32Array
  /** How far the likeliest intent is ahead of the next, from 0 to 1. */
  margin: number
  /** No intent covers it. */
  outOfScope: boolean
  /** What happened next says something else than the text. */
  disagrees: boolean
  /** The log says that it was misunderstood: turned away, hardly sure, corrected, a thumb down. */
  marked: boolean
}

/** What a mark in the log counts beside a margin of 0, and the other reasons. */
const MARKED = 2
const DISAGREES = 1
const OUT_OF_SCOPE = 0.5

/** Of how many times the wanted number the most worthwhile are spread out, and of how many at least. */
const POOL = { times: 4, least: 200 }

/** How worthwhile it is that a person decides. */
export function worth({ margin, outOfScope, disagrees, marked }: Candidate): number {
  return 1 - margin + (marked ? MARKED : 0) + (disagrees ? DISAGREES : 0) + (outOfScope ? OUT_OF_SCOPE : 0)
}

/**
 * Which texts to label next, as indices, the most worthwhile first: of the most worthwhile ones each next one is as far as
 * possible from those before it and from what is decided (greedy k-centre; Sener and Savarese 2018,
 * https://arxiv.org/abs/1708.00489), weighed by its worth.
 */
export function queueOf(
  candidates: readonly Candidate[],
  count: number,
  decided: readonly Float32Array[] = [],
): number[] {
  const pool = candidates
    .map((candidate, index) => ({ candidate, index, worth: worth(candidate), far: 2 }))
    .sort((a, b) => b.worth - a.worth)
    .slice(0, Math.max(POOL.least, count * POOL.times))
  for (const one of pool) {
    for (const vector of decided) one.far = Math.min(one.far, 1 - dot(one.candidate.embedding, vector))
  }
  const chosen: number[] = []
  while (chosen.length < count && pool.length > 0) {
    let best = 0
    for (let i = 1; i < pool.length; i++) if (value(pool[i]) > value(pool[best])) best = i
    const [taken] = pool.splice(best, 1)
    if (!taken) break
    chosen.push(taken.index)
    for (const one of pool) one.far = Math.min(one.far, 1 - dot(one.candidate.embedding, taken.candidate.embedding))
  }
  return chosen
}

function value(one: { worth: number; far: number } | undefined): number {
  return one ? one.worth * Math.sqrt(Math.max(0, one.far)) : -1
}
