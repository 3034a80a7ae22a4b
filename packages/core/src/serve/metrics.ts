/** Upper ends of what durations are counted in, in seconds. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

/** What a server has done since it started, in the text format of Prometheus. */
export class Metrics {
  readonly #requests = new Map<string, number>()
  readonly #durations = BUCKETS.map(() => 0)
  #seconds = 0
  #count = 0
  #texts = 0
  inFlight = 0

  /** One request that was answered. */
  add(path: string, status: number, seconds: number, texts: number): void {
    const labels = `path="${path}",status="${status}"`
    this.#requests.set(labels, (this.#requests.get(labels) ?? 0) + 1)
    for (const [i, end] of BUCKETS.entries()) if (seconds <= end) this.#durations[i] = (this.#durations[i] ?? 0) + 1
    this.#seconds += seconds
    this.#count++
    this.#texts += texts
  }

  toString(): string {
    const name = 'colloquy_classifier'
    return [
      `# TYPE ${name}_requests_total counter`,
      ...[...this.#requests].map(([labels, count]) => `${name}_requests_total{${labels}} ${count}`),
      `# TYPE ${name}_texts_total counter`,
      `${name}_texts_total ${this.#texts}`,
      `# TYPE ${name}_in_flight gauge`,
      `${name}_in_flight ${this.inFlight}`,
      `# TYPE ${name}_duration_seconds histogram`,
      ...BUCKETS.map((end, i) => `${name}_duration_seconds_bucket{le="${end}"} ${this.#durations[i]}`),
      `${name}_duration_seconds_bucket{le="+Inf"} ${this.#count}`,
      `${name}_duration_seconds_sum ${this.#seconds}`,
      `${name}_duration_seconds_count ${this.#count}`,
      '',
    ].join('\n')
  }
}
