import { Worker } from 'node:worker_threads'
import { ColloquyError, reason } from '../errors.js'
import { badModel, type Model } from './card.js'
import { Gate, shutAtExit } from './gate.js'
import type { Reply, Request, Start } from './worker.js'

/** An utterance that waits for its embedding. */
export interface Job {
  text: string
  /** True once a thread has died with it. */
  retried: boolean
  resolve(values: Float32Array): void
  reject(error: unknown): void
}

/** Told of a thread's life. */
export interface ThreadEvents {
  /** It can take a job. */
  free(): void
  /** It is gone: stopped, killed, out of memory, or unable to load the model (`bad_model`). */
  end(why: ColloquyError): void
}

/** A worker thread with a session of its own. It keeps the process alive only while it loads or holds jobs. */
export class Thread {
  /** In the order of their answers. */
  readonly jobs: Job[] = []
  ready = false
  readonly #worker: Worker

  constructor(model: Model, providers: readonly string[], events: ThreadEvents) {
    const gate = new Gate()
    const forget = shutAtExit(gate)
    const start: Start = { model, providers, gate: gate.memory }
    let why: ColloquyError | undefined
    // Without execArgv: flags such as --import or --inspect are meant for the main program.
    this.#worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: start, execArgv: [] })
      .on('message', (reply: Reply) => {
        if (reply instanceof Float32Array) this.jobs.shift()?.resolve(reply)
        else if (reply.type === 'error') {
          this.jobs.shift()?.reject(failed(`The model could not run on a text: ${reply.problem}.`))
        } else if (reply.type === 'ready') this.ready = true
        else {
          why = reply.blame === 'model' ? badModel(model.folder, `${reply.problem}.`) : noProvider(reply.problem)
          return
        }
        if (this.jobs.length === 0) this.#worker.unref()
        events.free()
      })
      .on('error', (error) => {
        why = failed(`A thread of the classifier failed: ${reason(error)}.`, error)
      })
      .on('exit', (code) => {
        forget()
        events.end(why ?? failed(`A thread of the classifier ended with code ${code}.`))
      })
  }

  take(job: Job): void {
    this.jobs.push(job)
    this.#worker.ref()
    this.#ask(job.text)
  }

  /** Lets it end by itself, when it has loaded: to terminate it could abort the process (see `Gate`). */
  stop(): Promise<void> {
    this.#worker.ref()
    this.#ask({ type: 'stop' })
    return new Promise((resolve) => this.#worker.once('exit', () => resolve()))
  }

  #ask(request: Request): void {
    this.#worker.postMessage(request)
  }
}

function noProvider(problem: string): ColloquyError {
  const hint = 'Leave `providers` out to run on the processor, or install what onnxruntime-node needs for it.'
  return new ColloquyError('classifier_failed', `${problem}.`, hint)
}

/** An error of code `classifier_failed`. */
export function failed(problem: string, cause?: unknown): ColloquyError {
  return new ColloquyError(
    'classifier_failed',
    problem,
    'Load the classifier again; if that fails too, train the model again.',
    { cause },
  )
}
