import { ColloquyError } from '@colloquy/core'

/** What Slack may take back, or people repair; whatever else it refuses, it would refuse again. */
const PASSING = new Set([
  'fatal_error',
  'internal_error',
  'invalid_auth',
  'missing_scope',
  'not_authed',
  'ratelimited',
  'request_timeout',
  'service_unavailable',
  'token_expired',
])

/** Why Slack has refused a call; undefined where it was never asked, or has not answered. */
export function unsendable(error: unknown): string | undefined {
  const { data } = (error ?? {}) as { data?: { error?: unknown } }
  return typeof data?.error === 'string' ? data.error : undefined
}

/** A refusal in our words, so that it is given up or tried again; another error as it was. */
export function refusal(error: unknown): unknown {
  const code = unsendable(error)
  if (code === undefined) return error
  const { needed } = (error as { data: { needed?: string } }).data
  return new ColloquyError(
    PASSING.has(code) ? 'channel_failed' : 'bad_message',
    `Slack has refused a message: ${code}.`,
    needed === undefined ? '' : `Add the scope ${needed} on the page "OAuth & Permissions", and install the app again.`,
    { cause: error },
  )
}
