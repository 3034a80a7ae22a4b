import { randomFrom } from '../head/fit.js'
import { dot } from './opinion.js'

/** Examples that are compared with, at most: more take longer and change little. */
const MOST = 1500

/** Of the examples themselves, how many would be taken for uncovered. */
const MISSED = 0.05

/** With fewer examples it cannot be said what is far from them. */
const LEAST = 20

/**
 * Tells which texts are so far from every known example that no intent covers them, by the cosine to the nearest one (Sun et
 * al. 2022, https://arxiv.org/abs/2204.06507). How far that is, the examples themselves tell, each compared with the others.
 */
export function uncoveredBy(known: readonly Float32Array[]): (embedding: Float32Array) => boolean {
  if (known.length < LEAST) return () => false
  const random = randomFrom(0)
  const some = known
    .map((vector) => ({ vector, at: random() }))
    .sort((a, b) => a.at - b.at)
    .slice(0, MOST)
    .map(({ vector }) => vector)
  const nearest = (embedding: Float32Array) => {
    let best = -1
    for (const one of some) if (one !== embedding) best = Math.max(best, dot(one, embedding))
    return best
  }
  const usual = some.map(nearest).sort((a, b) => a - b)
  const threshold = usual[Math.floor(MISSED * usual.length)] as number
  return (embedding) => nearest(embedding) < threshold
}
