import { maskText, type Secrets } from './mask.js'

/** What a log line says of an error. */
export interface LoggedError {
  type: string
  code?: string
  message: string
  stack?: string
  cause?: string
}

/**
 * The part of an error that may be logged. Libraries hang whole requests on the errors that they throw, and with them what
 * people wrote: nothing but the kind, the texts and the stack is kept, and what is secret in those is masked.
 */
export function loggedError(error: unknown, secrets: Secrets = new Map()): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: maskText(String(error), secrets) }
  const { name, message, stack, cause } = error
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined
  return {
    type: name,
    ...(code !== undefined && { code }),
    message: maskText(message, secrets),
    ...(stack !== undefined && { stack: maskText(stack, secrets) }),
    ...(cause instanceof Error && { cause: maskText(cause.message, secrets) }),
  }
}
