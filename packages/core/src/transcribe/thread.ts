import { Worker } from 'node:worker_threads'
import { ColloquyError, missing, reason } from '../errors.js'
import { Gate, shutAtExit } from '../nlu/gate.js'
import type { Samples } from './decode.js'
import type { Reply, Request, Start } from './worker.js'

interface Job {
  resolve(text: string): void
  reject(error: ColloquyError): void
}

/** A thread with a speech model, made when it is needed first. It keeps the process alive only while it has something to do. */
export class SpeechThread {
  private worker: Worker | undefined
  private readonly jobs = new Map<number, Job>()
  private lastId = 0

  constructor(private readonly start: Omit<Start, 'gate'>) {}

  /** One after another, in the order in which they come. */
  hear(speech: Samples): Promise<string> {
    this.worker ??= this.begin()
    const request: Request = { id: ++this.lastId, speech }
    this.worker.ref()
    this.worker.postMessage(request)
    return new Promise((resolve, reject) => this.jobs.set(request.id, { resolve, reject }))
  }

  private begin(): Worker {
    const gate = new Gate()
    const forget = shutAtExit(gate)
    let why: ColloquyError | undefined
    const start: Start = { ...this.start, gate: gate.memory }
    // Without execArgv: flags such as --import or --inspect are meant for the main program.
    const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: start, execArgv: [] })
    return worker
      .on('message', (reply: Reply) => {
        if (reply.type === 'missing') {
          const command = 'npm install sherpa-onnx-node ogg-opus-decoder @audio/decode-wav'
          why = missing('sherpa-onnx-node', command, reply.problem)
        } else if (reply.type === 'broken')
          why = badModel(reply.problem, 'Is it whole, and of the kind it is given as?')
        else {
          const job = this.jobs.get(reply.id)
          this.jobs.delete(reply.id)
          if (reply.type === 'heard') job?.resolve(reply.text)
          else job?.reject(failed(reply.problem))
        }
        if (this.jobs.size === 0) worker.unref()
      })
      .on('error', (error) => {
        why = failed(reason(error))
      })
      .on('exit', (code) => {
        forget()
        this.worker = undefined
        for (const { reject } of this.jobs.values()) reject(why ?? failed(`it ended with code ${code}`))
        this.jobs.clear()
      })
  }
}

/** An error of code `bad_model`. */
export function badModel(why: string, hint: string): ColloquyError {
  return new ColloquyError('bad_model', `The speech model cannot be used: ${why.replace(/\.$/, '')}.`, hint)
}

function failed(why: string): ColloquyError {
  return new ColloquyError('transcription_failed', `The thread for speech failed: ${why}.`)
}
