import type { FileContent } from '../channel.js'
import { ColloquyError, missing, reason } from '../errors.js'

/** Speech as a recogniser takes it: one channel, -1 to 1. */
export interface Samples {
  samples: Float32Array
  /** In Hz. */
  sampleRate: number
}

/** What most speech models hear, in Hz. */
const RATE = 16_000
const INSTALL = 'npm install ogg-opus-decoder @audio/decode-wav'

/**
 * Decodes a WAV file or Opus in Ogg, which is what WhatsApp records.
 *
 * @throws {@link ColloquyError} `missing_dependency` without the decoder, `transcription_failed` where it is something else.
 */
export async function decode({ bytes, type }: FileContent): Promise<Samples> {
  const begins = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1', 0, 64)
  const decoder = begins.startsWith('RIFF') ? wav : begins.includes('OpusHead') ? opus : undefined
  if (!decoder)
    throw failed(`${type} is neither WAV nor Opus in Ogg`, 'Give `local` a `decode` of your own that can read it.')
  const { channelData, sampleRate } = await decoder(bytes).catch((error) => {
    throw error instanceof ColloquyError ? error : failed(reason(error), '', error)
  })
  if (!channelData[0]?.length) throw failed('there is no sound in it')
  return { samples: mixed(channelData), sampleRate }
}

interface Decoded {
  channelData: Float32Array[]
  sampleRate: number
}

async function wav(bytes: Uint8Array): Promise<Decoded> {
  const { default: read } = await import('@audio/decode-wav').catch((error) => {
    throw missing('@audio/decode-wav', INSTALL, error)
  })
  return read(bytes)
}

async function opus(bytes: Uint8Array): Promise<Decoded> {
  const { OggOpusDecoder } = await import('ogg-opus-decoder').catch((error) => {
    throw missing('ogg-opus-decoder', INSTALL, error)
  })
  // Its types do not know the rate, which its documentation has.
  const options: object = { sampleRate: RATE }
  const decoder = new OggOpusDecoder(options)
  await decoder.ready
  try {
    return await decoder.decodeFile(bytes)
  } finally {
    decoder.free()
  }
}

function mixed(channels: Float32Array[]): Float32Array {
  const [first = new Float32Array(), ...others] = channels
  if (others.length === 0) return first
  return first.map((sample, n) => others.reduce((sum, other) => sum + (other[n] ?? 0), sample) / channels.length)
}

function failed(why: string, hint = '', cause?: unknown): ColloquyError {
  return new ColloquyError('transcription_failed', `A voice message cannot be decoded: ${why}.`, hint, { cause })
}
