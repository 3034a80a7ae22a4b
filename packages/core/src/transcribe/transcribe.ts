import type { FileContent } from '../channel.js'
import { within } from '../duration.js'
import type { Engine } from '../engine.js'
import { ColloquyError, reason } from '../errors.js'
import { safeName } from '../file.js'
import type { Attachment, IncomingMessage } from '../message.js'
import type { TurnTrace } from '../telemetry.js'

/**
 * Turns speech into text, empty where nothing is said.
 *
 * @param audio - the file, such as `audio/ogg` with Opus from WhatsApp or `audio/webm` from a browser.
 * @param locale - what the person speaks, a BCP 47 tag, where the channel knows it.
 * @example
 * ```ts
 * const transcribe: Transcribe = async ({ bytes, type }, locale) => speech.recognise(bytes, { type, language: locale })
 * createBot({ dialogs, classifier, store, channels, transcribe })
 * ```
 */
export type Transcribe = (audio: FileContent, locale?: string) => Promise<string>

/** Whether a file is speech, as far as its type tells; some phones call a voice note a video. */
export function isVoice({ type }: Attachment): boolean {
  return /^audio\/|^(?:video|application)\/ogg\b/i.test(type)
}

/** A message with what is said in its voice notes as its text, where it says nothing in writing. */
export function listen(
  engine: Engine,
  message: IncomingMessage,
  trace: TurnTrace,
): IncomingMessage | Promise<IncomingMessage> {
  const { text, choice, attachments = [] } = message
  const notes = text.trim() === '' && choice === undefined ? attachments.filter(isVoice) : []
  return engine.transcribe && notes.length > 0 ? hear(engine, message, notes, engine.transcribe, trace) : message
}

async function hear(
  { file, stepLimit, log, locale: spoken }: Engine,
  message: IncomingMessage,
  notes: readonly Attachment[],
  transcribe: Transcribe,
  trace: TurnTrace,
): Promise<IncomingMessage> {
  const locale = spoken ?? message.locale
  const heardIn = async ({ url, name, type }: Attachment) => {
    const { bytes } = await file(url)
    return transcribe({ name: safeName(name), type, bytes }, locale)
  }
  const late = () => new ColloquyError('transcription_failed', `It took longer than ${stepLimit / 1000} s.`)
  try {
    const heard = await trace.stage('transcribe', () => within(stepLimit, () => Promise.all(notes.map(heardIn)), late))
    return { ...message, text: heard.join('\n').trim() }
  } catch (err) {
    log.error(
      { err, conversation: message.conversation },
      `a voice message could not be turned into text: ${reason(err)}`,
    )
    return message
  }
}
