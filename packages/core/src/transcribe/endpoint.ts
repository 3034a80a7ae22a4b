import { ColloquyError, reason } from '../errors.js'
import type { Transcribe } from './transcribe.js'

/** An OpenAI-compatible endpoint for speech: https://platform.openai.com/docs/api-reference/audio/createTranscription. */
export interface SpeechEndpointOptions {
  /** Up to and without `/audio/transcriptions`, such as `https://api.openai.com/v1`. */
  url: string
  /** Such as `whisper-1`. */
  model: string
  apiKey?: string
  /** How long it may take, in seconds (25). */
  seconds?: number
}

/** What such endpoints tell the format of a file by: the end of its name. */
const ENDINGS: Record<string, string> = {
  'audio/aac': 'm4a',
  'audio/flac': 'flac',
  'audio/m4a': 'm4a',
  'audio/mp3': 'mp3',
  'audio/mp4': 'm4a',
  'audio/mpeg': 'mp3',
  'audio/wav': 'wav',
  'audio/webm': 'webm',
  'audio/x-m4a': 'm4a',
  'audio/x-wav': 'wav',
}

/**
 * Turns voice notes into text at an OpenAI-compatible endpoint: a company's own, or one that runs on the same machine.
 *
 * @throws {@link ColloquyError} `transcription_failed` on use, where the endpoint fails or takes too long.
 * @example
 * ```ts
 * import { endpoint } from '@colloquy/core/transcribe/endpoint'
 * const transcribe = endpoint({ url: 'http://127.0.0.1:8000/v1', model: 'whisper-1' })
 * createBot({ dialogs, classifier, store, channels, transcribe })
 * ```
 */
export function endpoint({ url, model, apiKey, seconds = 25 }: SpeechEndpointOptions): Transcribe {
  return async ({ type: whole, bytes }, locale) => {
    const [type = ''] = whole.toLowerCase().split(';')
    const form = new FormData()
    form.set('file', new Blob([new Uint8Array(bytes)], { type }), `voice.${ENDINGS[type] ?? 'ogg'}`)
    form.set('model', model)
    form.set('response_format', 'json')
    if (locale) form.set('language', new Intl.Locale(locale).language)
    try {
      const response = await fetch(`${url.replace(/\/$/, '')}/audio/transcriptions`, {
        method: 'POST',
        headers: apiKey ? { authorization: `Bearer ${apiKey}` } : {},
        body: form,
        signal: AbortSignal.timeout(seconds * 1000),
      })
      if (!response.ok) throw failed(`it answers ${response.status}`, undefined, HINTS[response.status])
      const { text } = (await response.json()) as { text?: unknown }
      if (typeof text !== 'string') throw failed('its answer has no text')
      return text
    } catch (error) {
      if (error instanceof ColloquyError) throw error
      const late = error instanceof Error && error.name === 'TimeoutError'
      throw failed(late ? `it took longer than ${seconds} s` : causeOf(error), error)
    }
  }
}

const HINTS: Record<number, string> = {
  401: 'Check apiKey.',
  403: 'Check apiKey.',
  404: 'Check url and model.',
  413: 'The voice message is too long for it.',
  429: 'It is asked more often than it allows.',
}

/** `fetch` itself says no more than that it failed. */
function causeOf(error: unknown): string {
  return reason(error instanceof Error && error.cause ? error.cause : error)
}

function failed(why: string, cause?: unknown, hint?: string): ColloquyError {
  return new ColloquyError('transcription_failed', `The endpoint for speech failed: ${why}.`, hint, { cause })
}
