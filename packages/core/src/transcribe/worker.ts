import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import type { OfflineRecognizer } from 'sherpa-onnx-node'
import { reason } from '../errors.js'
import { Gate } from '../nlu/gate.js'
import type { Samples } from './decode.js'
import type { LocalSpeechOptions } from './local.js'

/** What a thread starts with. */
export interface Start extends Pick<LocalSpeechOptions, 'model' | 'features'> {
  /** The memory of its gate. */
  gate: SharedArrayBuffer
}

/** Speech for the thread. */
export interface Request {
  id: number
  speech: Samples
}

/** What the thread says: what it has heard, or why it cannot go on. */
export type Reply =
  | { type: 'heard'; id: number; text: string }
  | { type: 'failed'; id: number; problem: string }
  | { type: 'missing'; problem: string }
  | { type: 'broken'; problem: string }

// What the constructor and `decode` throw in C++ would end the process: only their asynchronous sisters catch it.
async function load({ model, features }: Start, say: (reply: Reply) => void): Promise<OfflineRecognizer | undefined> {
  const peer = await import('sherpa-onnx-node').catch((error) => say({ type: 'missing', problem: reason(error) }))
  const config = { modelConfig: { numThreads: 1, ...model }, ...(features && { featConfig: features }) }
  const made = peer?.default.OfflineRecognizer.createAsync(config)
  return made?.catch((error) => void say({ type: 'broken', problem: reason(error) }))
}

async function serve(port: MessagePort, start: Start): Promise<void> {
  const say = (reply: Reply) => port.postMessage(reply)
  const gate = new Gate(start.gate)
  const recognizer = await load(start, say).finally(() => gate.leave())
  if (!recognizer) return
  let turn = Promise.resolve()
  port.on('message', ({ id, speech }: Request) => {
    turn = turn.then(async () => {
      // Shut means that the process ends: nobody waits for the answer.
      if (!gate.enter()) return
      try {
        const stream = recognizer.createStream()
        stream.acceptWaveform(speech)
        const { text } = await recognizer.decodeAsync(stream)
        say({ type: 'heard', id, text: text.trim() })
      } catch (error) {
        say({ type: 'failed', id, problem: reason(error) })
      } finally {
        gate.leave()
      }
    })
  })
}

await serve(parentPort as MessagePort, workerData as Start)
