/** What can go wrong, as a closed set: the README lists what each asks you to do. */
export type ErrorCode =
  | 'bad_message'
  | 'bad_model'
  | 'bad_data'
  | 'bad_dialog'
  | 'duplicate_name'
  | 'concurrent_ask'
  | 'step_timeout'
  | 'newer_document'
  | 'store_unavailable'
  | 'store_conflict'
  | 'channel_failed'
  | 'missing_dependency'
  | 'classifier_failed'
  | 'classifier_busy'
  | 'answer_failed'
  | 'transcription_failed'

/**
 * The one error class. `message` says what happened and why, `hint` what to do next.
 *
 * @example
 * ```ts
 * try { await classifier('./model') } catch (error) {
 *   if (error instanceof ColloquyError && error.code === 'bad_model') console.error(error.message, error.hint)
 * }
 * ```
 */
export class ColloquyError extends Error {
  override readonly name = 'ColloquyError'

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly hint = '',
    options?: { cause?: unknown },
  ) {
    super(hint ? `${message} ${hint}` : message, options)
  }
}

/** The text of anything that was thrown. */
export function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** Wraps the failure to import an optional peer dependency in an error that names the command. */
export function missing(name: string, command: string, cause: unknown): ColloquyError {
  return new ColloquyError('missing_dependency', `${name} is not installed.`, `Run: ${command}`, { cause })
}
