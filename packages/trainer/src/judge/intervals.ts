/** From and to: with 95 % confidence the value lies between. */
export type Interval = [number, number]

/** The normal distribution's 97.5 % point. */
const Z = 1.959964

/** A share of `count` trials (Wilson 1927): sane for few trials and for shares near 0 and 1. */
export function shareInterval(hits: number, count: number): Interval {
  if (count === 0) return [0, 1]
  const share = hits / count
  const centre = share + Z ** 2 / (2 * count)
  const half = Z * Math.sqrt((share * (1 - share)) / count + Z ** 2 / (4 * count ** 2))
  const scale = 1 + Z ** 2 / count
  return [Math.max(0, (centre - half) / scale), Math.min(1, (centre + half) / scale)]
}

/** By how much more often two things hold of the same `count` cases, where each alone holds of `gained` and `lost` of them. */
export function pairedInterval(gained: number, lost: number, count: number): Interval {
  const difference = (gained - lost) / count
  const half = (Z * Math.sqrt(gained + lost - (gained - lost) ** 2 / count)) / count
  return [Math.max(-1, difference - half), Math.min(1, difference + half)]
}

/** The difference of two shares of different cases (Newcombe 1998, method 10). */
export function differenceInterval(a: { hits: number; count: number }, b: { hits: number; count: number }): Interval {
  const [shareA, shareB] = [a.hits / (a.count || 1), b.hits / (b.count || 1)]
  const [[lowA, highA], [lowB, highB]] = [shareInterval(a.hits, a.count), shareInterval(b.hits, b.count)]
  const difference = shareB - shareA
  return [
    difference - Math.hypot(shareB - lowB, highA - shareA),
    difference + Math.hypot(highB - shareB, shareA - lowA),
  ]
}

/**
 * The chance of a split at least as uneven as this one, were both sides alike: McNemar's test in its exact form, which is the
 * two-sided binomial test of the cases that differ.
 */
export function mcnemar(gained: number, lost: number): number {
  const count = gained + lost
  const fewer = Math.min(gained, lost)
  let tail = 0
  // Logarithms: 2 ** -count is nothing for a thousand cases.
  for (let k = 0; k <= fewer; k++) tail += Math.exp(logChoose(count, k) - count * Math.LN2)
  return Math.min(1, 2 * tail)
}

function logChoose(n: number, k: number): number {
  let log = 0
  for (let i = 1; i <= k; i++) log += Math.log(n - k + i) - Math.log(i)
  return log
}
