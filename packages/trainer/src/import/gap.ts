/** The gap where there is too little to see one: four hours, seconds. */
const USUAL = 4 * 3600
const [LEAST, MOST] = [30 * 60, 24 * 3600]
/** Bins of an eighth of an octave, from a second to a year. */
const PER_OCTAVE = 8
const BINS = 25 * PER_OCTAVE
const ENOUGH = 100

/**
 * Where pauses within a conversation end and pauses between conversations begin. Logarithms of the time between messages
 * have two humps (Halfaker et al. 2015, "User Session Identification Based on Strong Regularities in Inter-activity
 * Time"); the threshold between them is Otsu's (1979): that which leaves least variance within the two sides.
 */
export class Gaps {
  private readonly bins = new Uint32Array(BINS)
  private count = 0

  add(seconds: number): void {
    if (!(seconds >= 1)) return
    const bin = Math.min(BINS - 1, Math.floor(Math.log2(seconds) * PER_OCTAVE))
    this.bins[bin] = (this.bins[bin] as number) + 1
    this.count++
  }

  /** Seconds, between half an hour and a day. */
  threshold(): number {
    if (this.count < ENOUGH) return USUAL
    let sum = 0
    for (let bin = 0; bin < BINS; bin++) sum += bin * (this.bins[bin] as number)
    let [best, bestAt, below, sumBelow] = [-1, 0, 0, 0]
    for (let bin = 0; bin < BINS - 1; bin++) {
      below += this.bins[bin] as number
      sumBelow += bin * (this.bins[bin] as number)
      const above = this.count - below
      if (below === 0 || above === 0) continue
      const apart = sumBelow / below - (sum - sumBelow) / above
      // A valley without messages is as good everywhere: its middle is the safest.
      const between = below * above * apart * apart
      if (between > best) [best, bestAt] = [between, bin]
    }
    let end = bestAt + 1
    while (end < BINS - 1 && this.bins[end] === 0) end++
    return Math.min(MOST, Math.max(LEAST, 2 ** ((bestAt + 1 + end) / 2 / PER_OCTAVE)))
  }
}
