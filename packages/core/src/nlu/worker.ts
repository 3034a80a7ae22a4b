import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { reason } from '../errors.js'
import type { Model } from './card.js'
import { Gate } from './gate.js'
import { NoProvider, openSession, type Session } from './session.js'

/** What a thread starts with. */
export interface Start {
  model: Model
  /** What the graph runs on. */
  providers: readonly string[]
  /** The memory of its gate. */
  gate: SharedArrayBuffer
}

/** An utterance for the thread. */
export interface Request {
  id: number
  text: string
}

/** What the thread says: once that it is ready or why it cannot be, then an answer to each request. */
export type Reply =
  | { type: 'ready' }
  | { type: 'broken'; problem: string; blame: 'model' | 'provider' }
  | { type: 'answer'; id: number; values: Float32Array }
  | { type: 'error'; id: number; problem: string }

async function serve(port: MessagePort, { model, providers, gate: memory }: Start): Promise<void> {
  const say = (reply: Reply) => port.postMessage(reply)
  const gate = new Gate(memory)
  let session: Session
  try {
    session = await openSession(model, providers)
  } catch (error) {
    say({ type: 'broken', problem: reason(error), blame: error instanceof NoProvider ? 'provider' : 'model' })
    return
  } finally {
    gate.leave()
  }
  let turn = Promise.resolve()
  port.on('message', (request: Request | 'stop') => {
    if (request === 'stop') {
      port.close()
      return
    }
    const { id, text } = request
    turn = turn.then(async () => {
      // Shut means that the process ends: nobody waits for the answer.
      if (!gate.enter()) return
      try {
        say({ type: 'answer', id, values: await session(text) })
      } catch (error) {
        say({ type: 'error', id, problem: reason(error) })
      } finally {
        gate.leave()
      }
    })
  })
  say({ type: 'ready' })
}

await serve(parentPort as MessagePort, workerData as Start)
