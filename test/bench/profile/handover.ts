import { Worker } from 'node:worker_threads'

/** Numbers of one embedding. */
const WIDTH = 384
/** Bytes of the longest text. */
const ROOM = 4096

/** Hands a text over to a thread that does nothing with it, and takes an embedding back. */
export interface Handover {
  pass(text: string): Promise<unknown>
  close(): Promise<unknown>
}

/** Messages of objects that hold the text and the embedding, under a number. */
const WRAPS = `
const { parentPort } = require('node:worker_threads')
parentPort.on('message', ({ id }) => parentPort.postMessage({ type: 'answer', id, values: new Float32Array(${WIDTH}) }))`

/** As the classifier does: messages that are copied. */
const COPIES = `
const { parentPort } = require('node:worker_threads')
parentPort.on('message', () => parentPort.postMessage(new Float32Array(${WIDTH})))`

/** Messages whose numbers change hands. */
const TRANSFERS = `
const { parentPort } = require('node:worker_threads')
parentPort.on('message', () => {
  const values = new Float32Array(${WIDTH})
  parentPort.postMessage(values, [values.buffer])
})`

/** No messages: the thread sleeps on a word of shared memory, and wakes the main one by another. */
const SHARES = `
const { workerData } = require('node:worker_threads')
const [asked, answered] = [new Int32Array(workerData, 0, 1), new Int32Array(workerData, 4, 1)]
const values = new Float32Array(workerData, 8, ${WIDTH})
const text = new Uint8Array(workerData, ${8 + 4 * WIDTH})
for (let n = 0; ; n++) {
  Atomics.wait(asked, 0, n)
  if (asked[0] < 0) break
  Buffer.from(text.buffer, text.byteOffset, 64).toString()
  values.set(new Float32Array(${WIDTH}))
  Atomics.add(answered, 0, 1)
  Atomics.notify(answered, 0)
}`

function byMessages(code: string, message: (text: string) => unknown = (text) => text): Handover {
  const worker = new Worker(code, { eval: true })
  let answer: (reply: unknown) => void = () => undefined
  worker.on('message', (reply) => answer(reply))
  return {
    pass: (text) =>
      new Promise((resolve) => {
        answer = resolve
        worker.postMessage(message(text))
      }),
    close: () => worker.terminate(),
  }
}

/** What the TypeScript library does not know yet. */
type WaitAsync = (array: Int32Array, index: number, value: number) => { value: string | Promise<string> }

function byMemory(): Handover {
  const memory = new SharedArrayBuffer(8 + 4 * WIDTH + ROOM)
  const [asked, answered] = [new Int32Array(memory, 0, 1), new Int32Array(memory, 4, 1)]
  const values = new Float32Array(memory, 8, WIDTH)
  const room = Buffer.from(memory, 8 + 4 * WIDTH)
  const worker = new Worker(SHARES, { eval: true, workerData: memory })
  const { waitAsync } = Atomics as unknown as { waitAsync: WaitAsync }
  return {
    async pass(text) {
      room.write(text)
      const before = answered[0] as number
      const woken = waitAsync(answered, 0, before).value
      Atomics.add(asked, 0, 1)
      Atomics.notify(asked, 0)
      await woken
      return values.slice()
    },
    close() {
      Atomics.store(asked, 0, -1)
      Atomics.notify(asked, 0)
      return worker.terminate()
    },
  }
}

/** Ways to hand a text over to a thread and an embedding back. */
export const handovers = {
  copied: () => byMessages(COPIES),
  wrapped: () => byMessages(WRAPS, (text) => ({ id: 1, text })),
  transferred: () => byMessages(TRANSFERS),
  shared: byMemory,
}
