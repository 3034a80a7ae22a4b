import { readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FileContent } from '@colloquy/core'
import { endpoint } from '@colloquy/core/transcribe/endpoint'
import { local } from '@colloquy/core/transcribe/local'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const at = (name: string) => fileURLToPath(new URL(`speech/${name}`, import.meta.url))
const ogg = (): FileContent => ({ name: 'a', type: 'audio/ogg; codecs=opus', bytes: readFileSync(at('low.ogg')) })

/** Half a second of a tone. */
function wav(hertz: number, { channels = 1, rate = 16_000 } = {}): FileContent {
  const frames = rate / 2
  const bytes = Buffer.alloc(44 + frames * channels * 2)
  bytes.write('RIFF', 0)
  bytes.writeUInt32LE(bytes.length - 8, 4)
  bytes.write('WAVEfmt ', 8)
  bytes.writeUInt32LE(16, 16)
  bytes.writeUInt16LE(1, 20)
  bytes.writeUInt16LE(channels, 22)
  bytes.writeUInt32LE(rate, 24)
  bytes.writeUInt32LE(rate * channels * 2, 28)
  bytes.writeUInt16LE(channels * 2, 32)
  bytes.writeUInt16LE(16, 34)
  bytes.write('data', 36)
  bytes.writeUInt32LE(bytes.length - 44, 40)
  for (let n = 0; n < frames * channels; n++) {
    const sample = Math.sin((2 * Math.PI * hertz * Math.floor(n / channels)) / rate)
    bytes.writeInt16LE(Math.round(sample * 20_000), 44 + n * 2)
  }
  return { name: 'a.wav', type: 'audio/wav', bytes }
}

describe('speech on this machine, by a model that knows a low tone from a high one', () => {
  const model = { tdnn: { model: at('model.onnx') }, tokens: at('tokens.txt') }
  const features = { sampleRate: 8000, featureDim: 23 }
  const transcribe = local({ model, features })

  it('is heard in WAV, in one channel or two, and in Opus as WhatsApp records it', async () => {
    expect(await transcribe(wav(440))).toBe('low')
    expect(await transcribe(wav(2500, { channels: 2, rate: 48_000 }))).toBe('high')
    expect(await transcribe(ogg())).toBe('low')
  })

  it('is heard by several at once', async () => {
    const tones = [440, 2500, 440, 2500, 2500]
    expect(await Promise.all(tones.map((hertz) => transcribe(wav(hertz))))).toEqual([
      'low',
      'high',
      'low',
      'high',
      'high',
    ])
  })

  it('is refused where the file is of another kind, broken or silent', async () => {
    const refused = async (bytes: Uint8Array, type = 'audio/mpeg') =>
      expect(transcribe({ name: 'a', type, bytes })).rejects.toMatchObject({
        code: 'transcription_failed',
        message: expect.stringMatching(/^A voice message cannot be decoded: /),
      })
    await refused(Buffer.from('ID3 an MP3'))
    await refused(wav(440).bytes.subarray(0, 40))
    await refused(Buffer.from('RIFF and then nothing of the kind'))
    await refused(ogg().bytes.subarray(0, 60))
    await refused(new Uint8Array())
  })

  it('is read by a decoder of the user’s own', async () => {
    const decode = async () => ({ samples: new Float32Array(8000).map((_, n) => Math.sin(n * 2)), sampleRate: 8000 })
    expect(await local({ model, features, decode })({ name: 'a', type: 'audio/mp4', bytes: new Uint8Array() })).toBe(
      'high',
    )
  })

  it('needs a model: one that is not there is named, and one that is broken is told', async () => {
    expect(() => local({ model: { ...model, tdnn: { model: './nowhere/model.onnx' } } })).toThrow(
      /^The speech model cannot be used: there is no file \.\/nowhere\/model\.onnx\./,
    )
    const folder = await mkdtemp(join(tmpdir(), 'colloquy-speech-'))
    writeFileSync(join(folder, 'model.onnx'), 'no model')
    const broken = local({ model: { ...model, tdnn: { model: join(folder, 'model.onnx') } }, features })
    await expect(broken(wav(440))).rejects.toMatchObject({ code: 'bad_model' })
    await rm(folder, { recursive: true })
  })
})

describe('speech at an endpoint', () => {
  let server: Server
  let url: string
  let answer: (request: IncomingMessage, response: ServerResponse, form: FormData) => void

  beforeAll(async () => {
    server = createServer(async (request, response) => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk)
      const type = request.headers['content-type'] ?? ''
      const form = await new Response(Buffer.concat(chunks), { headers: { 'content-type': type } }).formData()
      answer(request, response, form)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/`
  })
  afterAll(() => server.close().closeAllConnections())

  it('is sent as a file of its kind, with the language as far as it is known', async () => {
    const got: unknown[] = []
    answer = ({ url: path, headers, method }, response, form) => {
      const file = form.get('file') as File
      const fields = ['model', 'language', 'response_format'].map((name) => form.get(name))
      got.push([method, path, headers.authorization, file.name, file.type, file.size, ...fields])
      response.end(JSON.stringify({ text: 'I lost my card.' }))
    }
    const transcribe = endpoint({ url, model: 'whisper-1', apiKey: 'secret' })
    expect(await transcribe(ogg(), 'zh-CN')).toBe('I lost my card.')
    await transcribe({ name: '../a', type: 'audio/MP4', bytes: new Uint8Array(3) })
    const head = ['POST', '/v1/audio/transcriptions', 'Bearer secret']
    expect(got).toEqual([
      [...head, 'voice.ogg', 'audio/ogg', ogg().bytes.length, 'whisper-1', 'zh', 'json'],
      [...head, 'voice.m4a', 'audio/mp4', 3, 'whisper-1', null, 'json'],
    ])
  })

  it('fails with a reason where the endpoint refuses, breaks off, says nothing, takes too long or is not there', async () => {
    const transcribe = endpoint({ url, model: 'whisper-1', apiKey: 'secret', seconds: 0.3 })
    const fails = async (why: RegExp, with_ = transcribe) => {
      const error = await with_(ogg()).catch((one) => one)
      expect(error).toMatchObject({ code: 'transcription_failed', message: expect.stringMatching(why) })
      expect(error.message).not.toContain('secret')
    }
    answer = (_request, response) => response.writeHead(401).end('{"error":{"message":"secret"}}')
    await fails(/it answers 401\. Check apiKey\./)
    answer = (_request, response) => response.writeHead(503).end()
    await fails(/it answers 503/)
    answer = (_request, response) => response.end('<html>')
    await fails(/JSON/)
    answer = (_request, response) => response.end('{}')
    await fails(/no text/)
    answer = (request) => request.socket.destroy()
    await fails(/closed|terminated|socket/)
    answer = () => {}
    await fails(/took longer than 0\.3 s/)
    await fails(/ECONNREFUSED/, endpoint({ url: 'http://127.0.0.1:2', model: 'm' }))
  })
})
