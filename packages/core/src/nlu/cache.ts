/** The last answers, by what was asked. The same question asked meanwhile waits for the one answer. */
export class Cache<T> {
  readonly #answers = new Map<string, Promise<T>>()

  /** @param limit How many answers are kept: those used last. */
  constructor(private readonly limit: number) {}

  /** The answer to `question`; what fails is not kept. */
  get(question: string, ask: () => Promise<T>): Promise<T> {
    const known = this.#answers.get(question)
    if (known) {
      // A map keeps the order of insertion: the first is the one that was used longest ago.
      this.#answers.delete(question)
      this.#answers.set(question, known)
      return known
    }
    const answer = ask()
    if (this.limit === 0) return answer
    this.#answers.set(question, answer)
    answer.catch(() => this.#forget(question, answer))
    const [oldest] = this.#answers.keys()
    if (this.#answers.size > this.limit && oldest !== undefined) this.#answers.delete(oldest)
    return answer
  }

  #forget(question: string, answer: Promise<T>): void {
    if (this.#answers.get(question) === answer) this.#answers.delete(question)
  }
}
