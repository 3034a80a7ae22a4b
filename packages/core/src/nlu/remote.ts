import { setTimeout as sleep } from 'node:timers/promises'
import { ColloquyError, reason } from '../errors.js'
import { api } from '../serve/api.js'
import { Breaker } from './breaker.js'
import type { Classification, Encoder } from './classifier.js'
import type { Explanation } from './explain.js'
import { failed } from './thread.js'

/** How long one try may take, how often one is made, and how long a service that fails is left alone; in milliseconds. */
const PATIENCE = 2000
const TRIES = 3
const PAUSE = 50
const REST = 5000

/**
 * A classifier that another process serves with `serveClassifier`.
 *
 * @throws ColloquyError `classifier_failed` where it cannot be reached
 */
export async function remoteClassifier(url: string, token: string | undefined): Promise<Encoder> {
  const breaker = new Breaker(REST)
  const closing = new AbortController()
  const base = url.replace(/\/+$/, '')

  async function once(path: string, body: object | undefined): Promise<unknown> {
    const response = await fetch(base + path, {
      method: body ? 'POST' : 'GET',
      headers: { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.any([AbortSignal.timeout(PATIENCE), closing.signal]),
    })
    const answer: unknown = await response.json()
    if (response.ok) return answer
    const { code, message } = api.error.parse(answer)
    if (code === 'classifier_busy') throw busy(message)
    if (response.status < 500) throw new ColloquyError(code === 'bad_message' ? code : 'classifier_failed', message)
    throw failed(message)
  }

  async function ask<T>(path: string, schema: { parse(value: unknown): T }, body?: object): Promise<T> {
    if (closing.signal.aborted) throw failed('The classifier is closed.')
    if (!breaker.admit()) throw busy('its service has failed several times in a row and is left alone for a while')
    for (let attempt = 1; ; attempt++) {
      try {
        const answer = schema.parse(await once(path, body))
        breaker.succeeded()
        return answer
      } catch (error) {
        if (error instanceof ColloquyError && error.code !== 'classifier_failed') {
          // It is well enough to say what it does not do.
          breaker.succeeded()
          throw error
        }
        if (attempt === TRIES || closing.signal.aborted) {
          breaker.failed()
          throw failed(`The classifier at ${base} cannot be asked: ${reason(error)}.`, error)
        }
        await sleep(PAUSE * attempt)
      }
    }
  }

  const { labels } = await ask('/v1/labels', api.labels)
  return {
    labels,
    async classify(text, { conversation } = {}) {
      const asked = { texts: [text], ...(conversation !== undefined && { conversation }) }
      const { results } = await ask('/v1/classify', api.classified, asked)
      return results[0] as Classification
    },
    async embed(text) {
      const { results } = await ask('/v1/embed', api.embedded, { texts: [text] })
      return Float32Array.from(results[0] ?? [])
    },
    async explain(text, context) {
      return (await ask('/v1/explain', api.explained, { text, ...context })) as Explanation
    },
    async close() {
      closing.abort()
    },
  }
}

function busy(why: string): ColloquyError {
  return new ColloquyError('classifier_busy', `The classifier has too much to do: ${why}.`, 'Try again in a moment.')
}
