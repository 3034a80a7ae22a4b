import { existsSync } from 'node:fs'
import type { FileContent } from '../channel.js'
import { decode, type Samples } from './decode.js'
import { badModel, SpeechThread } from './thread.js'
import type { Transcribe } from './transcribe.js'

/**
 * A speech model in the terms of sherpa-onnx: `tokens` and the files of one kind of model, such as `senseVoice`, `whisper`,
 * `moonshine` or `transducer` (https://k2-fsa.github.io/sherpa/onnx/pretrained_models).
 */
export interface SpeechModel {
  /** A path. */
  tokens: string
  /** Threads of one transcription (1). */
  numThreads?: number
  [kind: string]: string | number | Record<string, string | number> | undefined
}

/** What {@link local} takes. */
export interface LocalSpeechOptions {
  model: SpeechModel
  /** What the model expects to hear (16000 Hz in 80 bands). */
  features?: { sampleRate?: number; featureDim?: number }
  /** Reads audio files; by default WAV, and Opus in Ogg (WhatsApp), but neither MP3 nor AAC nor WebM. */
  decode?(audio: FileContent): Promise<Samples>
}

/**
 * Turns voice notes into text on this machine, by sherpa-onnx in a thread of its own. The model is loaded with the first voice
 * note and stays.
 *
 * @throws {@link ColloquyError} `bad_model` where a file of the model is not there; on use `missing_dependency` without
 *   `sherpa-onnx-node`, `bad_model` where the model cannot be loaded, `transcription_failed` where the audio cannot be read.
 * @example
 * ```ts
 * import { local } from '@colloquy/core/transcribe/local'
 * const transcribe = local({
 *   model: { senseVoice: { model: 'speech/model.int8.onnx', useInverseTextNormalization: 1 }, tokens: 'speech/tokens.txt' },
 * })
 * createBot({ dialogs, classifier, store, channels, transcribe })
 * ```
 */
export function local({ model, features, decode: read = decode }: LocalSpeechOptions): Transcribe {
  for (const path of pathsIn(model))
    if (!existsSync(path))
      throw badModel(`there is no file ${path}`, 'Download a model, and give the paths of its files.')
  const thread = new SpeechThread({ model, ...(features && { features }) })
  return async (audio) => thread.hear(await read(audio))
}

/** What looks like a path, wherever it stands: a missing file is told by name. */
function pathsIn(value: SpeechModel[string] | SpeechModel): string[] {
  if (typeof value === 'string') return /[./\\]/.test(value) ? [value] : []
  return typeof value === 'object' ? Object.values(value).flatMap(pathsIn) : []
}
