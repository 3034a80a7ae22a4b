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

/** An utterance for the thread, or its end. Bare, as the reply is: to wrap them takes longer than to copy them. */
export type Request = string | { type: 'stop' }

/** What the thread says: once that it is ready or why it cannot be, then to each utterance, in order, its embedding or why not. */
export type Reply =
  | { type: 'ready' }
  | { type: 'broken'; problem: string; blame: 'model' | 'provider' }
  | Float32Array
  | { type: 'error'; problem: string }

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
  port.on('message', (request: Request) => {
    if (typeof request !== 'string') {
      if (request.type === 'stop') port.close()
      return
    }
    turn = turn.then(async () => {
      // Shut means that the process ends: nobody waits for the answer.
      if (!gate.enter()) return
      try {
        say(await session(request))
      } catch (error) {
        say({ type: 'error', problem: reason(error) })
      } finally {
        gate.leave()
      }
    })
  })
  say({ type: 'ready' })
}

await serve(parentPort as MessagePort, workerData as Start)
